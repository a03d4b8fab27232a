import Formats
import Graph
import Tensor
import Testing

/// Whatever a file holds, reading it ends in a graph or in a sentence.
@Suite struct ONNXDamageTests {
  /// Reads a model from memory of exactly its size, so that reading past the end would be noticed, and looks
  /// at every element of what it gives.
  private func read(_ bytes: [UInt8]) -> FormatError? {
    let storage = Storage(byteCount: bytes.count)
    storage.bytes.copyBytes(from: bytes)
    do {
      let graph = try ONNXReader.read(storage, 0..<bytes.count, path: "model.onnx")
      for tensor in graph.constants.values { _ = (tensor.floats, tensor.shape.strides) }
      _ = try? graph.typed(lenient: true)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [Fixture.kitchen, Fixture.custom])
  func truncatedAnywhere(_ model: [UInt8]) {
    #expect(read(model) == nil)
    var accepted = 0
    for count in 0..<model.count {
      guard let error = read(Array(model.prefix(count))) else {
        accepted += 1
        continue
      }
      #expect(error.description.hasPrefix("model.onnx: "))
    }
    // Only a cut between two fields behind the graph leaves a file that may be whole.
    #expect(accepted <= 3)
  }

  @Test func flippedBits() {
    var random = Noise(state: 42)
    var refused = 0
    for _ in 0..<6000 {
      var model = random.next() % 2 == 0 ? Fixture.kitchen : Fixture.custom
      for _ in 0...(random.next() % 3) {
        model[Int(random.next() % UInt64(model.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      if read(model) != nil { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test func noise() {
    var random = Noise(state: 7)
    for _ in 0..<3000 {
      let count = Int(random.next() % 200)
      _ = read((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }
  }

  @Test func graphsNestedTooDeep() throws {
    var message = WireWriter()
    for _ in 0..<100_000 where message.count < 1 << 20 {
      // graph > node > attribute > graph
      var attribute = WireWriter()
      attribute.message(6, message)
      var node = WireWriter()
      node.text(4, "If")
      node.message(5, attribute)
      var graph = WireWriter()
      graph.message(1, node)
      message = graph
      if message.count > 20_000 { break }
    }
    var model = WireWriter()
    model.message(7, message)
    var bytes: [UInt8] = []
    try model.forEachRun { bytes.append(contentsOf: $0) }
    #expect(read(bytes)?.reason.contains("nested deeper") == true)
  }

  @Test func lyingLengthTakesNoMemory() {
    // A tensor that claims 2^62 elements, in a graph, in 20 bytes.
    let tensor: [UInt8] = [
      0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 0x10, 0x01, 0x42, 1, 119,
    ]
    let graph = [0x2a, UInt8(tensor.count)] + tensor
    let error = read([0x3a, UInt8(graph.count)] + graph)
    #expect(error?.reason == "tensor 'w' has an impossible shape: 4611686018427387904")
  }

  @Test func saysThatItIsCutShort() {
    let error = read(Array(Fixture.kitchen.prefix(400)))
    #expect(error?.reason.contains("may be cut short") == true)
  }

  /// Numbers that are the same in every run.
  private struct Noise {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33 ^ state
    }
  }
}
