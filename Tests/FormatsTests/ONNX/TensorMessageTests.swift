import Formats
import Tensor
import Testing

/// TensorProtos whose parts do not agree, and old ways to write them.
@Suite struct TensorMessageTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func tensor(
    dims: [Int], type: Int, _ build: (inout WireWriter) -> Void = { _ in }
  ) throws -> Tensor {
    var message = WireWriter()
    message.packedInts(1, dims)
    message.int(2, type)
    message.text(8, "conv.weight")
    build(&message)
    var bytes: [UInt8] = []
    try message.forEachRun { bytes.append(contentsOf: $0) }
    return try ONNXReader.readTensor(path: try directory.write(bytes, to: "t.pb"))
  }

  @Test(
    arguments: [
      [1 << 62], [1 << 62, 4], [1 << 31, 1 << 31, 4], [-1], [0, 1 << 62], [1 << 40, 0, 1 << 40],
      [.max], [.min], [1 << 59],
    ])
  func refusesImpossibleShapes(_ dims: [Int]) {
    expectReason("t.pb", "conv.weight", "impossible shape") { _ = try tensor(dims: dims, type: 1) }
  }

  @Test func refusesDataOfAnotherSize() {
    expectReason("'conv.weight' holds 0 bytes, but 1000000000000", "take 4000000000000") {
      _ = try tensor(dims: [1_000_000_000_000], type: 1)
    }
    expectReason("'conv.weight' holds 8 bytes", "take 12") {
      _ = try tensor(dims: [3], type: 1) { $0.payload(9, Tensor([Float(1), 2])) }
    }
    expectReason("'conv.weight' holds 2 numbers", "takes 3") {
      _ = try tensor(dims: [3], type: 3) { $0.packedInts(5, [1, 2]) }
    }
    expectReason("'conv.weight' holds 0 numbers") {
      _ = try tensor(dims: [3], type: 7) { $0.packedInts(5, [1, 2, 3]) }
    }
  }

  /// Each code is a number in int32_data, as `onnx.helper.make_tensor` writes them.
  @Test func readsEightBitFloats() throws {
    let fine = try tensor(dims: [4], type: 17) { $0.packedInts(5, [0x38, 0x7e, 0x80, 0x01]) }
    #expect(fine.dtype == .float8e4m3fn && fine.floats == [1, 448, -0.0, 0x1p-9])
    let wide = try tensor(dims: [3], type: 19) { $0.packedInts(5, [0x3c, 0xfb, 0x7c]) }
    #expect(wide.dtype == .float8e5m2 && wide.floats == [1, -57344, .infinity])
  }

  @Test func refusesWhatItDoesNotRead() {
    expectReason("'conv.weight'", "strings") {
      _ = try tensor(dims: [1], type: 8) { $0.text(6, "a") }
    }
    expectReason("'conv.weight'", "element type 18") { _ = try tensor(dims: [1], type: 18) }
    expectReason("'conv.weight'", "weights.bin", "no such file") {
      _ = try tensor(dims: [1], type: 1) {
        var entry = WireWriter()
        entry.text(1, "location")
        entry.text(2, "weights.bin")
        $0.message(13, entry)
        $0.int(14, 1)
      }
    }
    expectReason("'conv.weight'", "segments") {
      _ = try tensor(dims: [1], type: 1) { $0.message(3, WireWriter()) }
    }
  }

  @Test func readsElementsOneByOne() throws {
    let floats = try tensor(dims: [3], type: 1) {
      for value: Float in [1, 2, 3] { $0.float(4, value) }
    }
    #expect(floats.floats == [1, 2, 3])
    let mixed = try tensor(dims: [4], type: 7) {
      $0.int(7, -1)
      $0.packedInts(7, [2, .min])
      $0.int(7, 4)
    }
    #expect(mixed.integers == [-1, 2, .min, 4])
  }

  @Test func booleansAreZeroOrOne() throws {
    let raw = try tensor(dims: [3], type: 9) { $0.payload(9, Tensor([UInt8(0), 2, 255])) }
    #expect(raw.array(of: Bool.self) == [false, true, true])
    let typed = try tensor(dims: [2], type: 9) { $0.packedInts(5, [256, 0]) }
    #expect(typed.array(of: Bool.self) == [true, false])
  }

  @Test func numberCutOffInPackedFieldIsDamage() {
    // The last byte says that another follows, so two numbers are counted and a third begins.
    expectReason("t.pb", "cut off") {
      _ = try tensor(dims: [2], type: 7) { $0.payload(7, Tensor([UInt8(1), 2, 0x80])) }
    }
  }
}
