import Formats
import Foundation
import Graph
import Tensor
import Testing

/// Tensors in files beside the model.
@Suite struct OutsideDataTests {
  private typealias Build = MessageBuilder
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: directory.file("m/data"), withIntermediateDirectories: true)
    try directory.write((0..<64).map { UInt8($0) }, to: "m/weights.bin")
    try directory.write((0..<64).map { UInt8($0) }, to: "m/data/more.bin")
    try directory.write((0..<64).map { UInt8($0) }, to: "outside.bin")
  }

  private func read(_ entries: KeyValuePairs<String, String>, dims: [Int] = [2]) throws -> Tensor? {
    let tensor = Build.message {
      $0.packedInts(1, dims)
      $0.int(2, 6)
      $0.text(8, "w")
      for (key, value) in entries {
        $0.message(
          13,
          Build.message {
            $0.text(1, key)
            $0.text(2, value)
          })
      }
      $0.int(14, 1)
    }
    let path = try directory.write(Build.model { $0.message(5, tensor) }, to: "m/model.onnx")
    return try ONNXReader.read(path: path).constants["w"]
  }

  @Test func mapsWhatLiesBesideTheModel() throws {
    let all = try read(["location": "weights.bin", "offset": "4", "length": "8"])
    #expect(all?.integers == [0x0706_0504, 0x0b0a_0908])
    #expect(try read(["location": "data/more.bin"])?.integers?.first == 0x0302_0100)
    // Not aligned: it is copied.
    #expect(try read(["location": "./weights.bin", "offset": "1"])?.integers?.first == 0x0403_0201)
    #expect(try read(["location": "weights.bin", "offset": "56"])?.integers?.count == 2)
  }

  @Test func refusesPlacesThatAreNone() throws {
    let name = "tensor 'w'"
    expectReason(name, "does not say in which") { _ = try read(["offset": "0"]) }
    expectReason(name, "no such file") { _ = try read(["location": "gone.bin"]) }
    expectReason(name, "takes 8, but that has only 64") {
      _ = try read(["location": "weights.bin", "offset": "57"])
    }
    expectReason(name, "only 64") {
      _ = try read(["location": "weights.bin", "offset": "9223372036854775807"])
    }
    expectReason(name, "offset '-4'") { _ = try read(["location": "weights.bin", "offset": "-4"]) }
    expectReason(name, "length 'many'") { _ = try read(["location": "weights.bin", "length": "many"]) }
    expectReason(name, "has 12 bytes", "take 8") {
      _ = try read(["location": "weights.bin", "length": "12"])
    }
    expectReason(name, "only 64") { _ = try read(["location": "weights.bin"], dims: [1 << 40]) }
  }

  /// Tensors that share bytes share memory, unless they lie so that they must be copied.
  @Test func sharedBytesAreCopiedAFewTimes() throws {
    func read(offset: Int) throws -> Graph {
      let path = try directory.write(
        Build.model { graph in
          for index in 0..<20 {
            graph.message(
              5,
              Build.message {
                $0.packedInts(1, [15])
                $0.int(2, 6)
                $0.text(8, "w\(index)")
                for (key, value) in ["location": "weights.bin", "offset": "\(offset)"] {
                  $0.message(
                    13,
                    Build.message {
                      $0.text(1, key)
                      $0.text(2, value)
                    })
                }
                $0.int(14, 1)
              })
          }
        }, to: "m/model.onnx")
      return try ONNXReader.read(path: path)
    }
    #expect(try read(offset: 4).constants.count == 20)
    expectReason("tensor 'w8'", "where others lie too") { _ = try read(offset: 1) }
  }

  @Test func refusesWhatIsNotTheModelsOwn() throws {
    let name = "tensor 'w'"
    expectReason(name, "outside of the model's directory") { _ = try read(["location": "../outside.bin"]) }
    expectReason(name, "outside of the model's directory") {
      _ = try read(["location": "data/../../outside.bin"])
    }
    expectReason(name, "outside of the model's directory") { _ = try read(["location": "/etc/hostname"]) }
    try FileManager.default.createSymbolicLink(
      atPath: directory.file("m/link.bin"), withDestinationPath: directory.file("outside.bin"))
    expectReason(name, "a link that leads out") { _ = try read(["location": "link.bin"]) }
    expectReason(name, "not a regular file") { _ = try read(["location": "data"]) }
    try #require(mkfifo(directory.file("m/pipe"), 0o600) == 0)
    expectReason(name, "not a regular file") { _ = try read(["location": "pipe"]) }
  }

  @Test func largeModelsAreWrittenInTwoFiles() throws {
    let large = Tensor((0..<1000).map(Float.init), shape: [10, 100])
    let graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 10])],
      outputs: [ValueInfo(name: "y", dtype: .float32, dims: [.symbol("N"), 100])],
      nodes: [
        Node(name: "fc", type: "MatMul", inputs: ["x", "w"], outputs: ["h"]),
        Node(name: "add", type: "Add", inputs: ["h", "b"], outputs: ["g"]),
        Node(name: "mul", type: "Mul", inputs: ["g", "s"], outputs: ["y"]),
      ],
      constants: ["w": large, "b": Tensor([Float(1)]), "s": Tensor((0..<300).map(Float.init))])
    let path = directory.file("m/large.onnx")
    try ONNXWriter.write(graph, to: path, wholeLimit: 2000)
    let size = try Data(contentsOf: URL(fileURLWithPath: path + ".data")).count
    // 4000 bytes, filled up to 4032, and 1200, filled up to 1216; the bias stays in the model.
    #expect(size == 5248)
    let found = try ONNXReader.read(path: path)
    #expect(found.contentHash == graph.contentHash)
    #expect(found.constants["w"]?.floats == large.floats)
    try ONNXWriter.write(found, to: directory.file("m/whole.onnx"))
    #expect(!FileManager.default.fileExists(atPath: directory.file("m/whole.onnx.data")))
    #expect(try ONNXReader.read(path: directory.file("m/whole.onnx")).contentHash == graph.contentHash)
  }
}
