import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing

/// The sample models against torch.autograd in double precision: `Tests/Vectors/make_gradients.py` says how.
@Suite struct SampleGradientTests {
  struct Case: Decodable {
    struct Input: Decodable {
      var model: String
      var shape: [Int]
      var kind: String
      var training: Bool
    }
    struct Numbers: Decodable {
      var norm: Double
      var largest: Double
      var step: Int
      var values: [Double]
    }
    struct Expected: Decodable {
      var loss: Double
      var gradients: [String: Numbers]
      var statistics: [String: Numbers]
    }
    var name: String
    var input: Input
    var expected: Expected
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")

  private static func cases() throws -> [Case] {
    struct File: Decodable { var cases: [Case] }
    let data = try Data(contentsOf: root.appending(path: "Tests/Vectors/gradients.json"))
    return try JSONDecoder().decode(File.self, from: data).cases
  }

  @Test(arguments: 0..<5)
  func gradientsOfDistillation(_ index: Int) throws {
    let vector = try Self.cases()[index]
    let (input, expected) = (vector.input, vector.expected)
    let path = Self.root.appending(path: "SampleModels/\(input.model)/\(input.model).onnx").path
    let graph = try ONNXReader.read(path: path)
    let name = try #require(graph.inputs.first?.name)
    let data = Self.values(Shape(input.shape), kind: input.kind)
    let training = try TrainingGraph(
      graph, learning: Set(expected.gradients.keys), inputs: [name: (data.dtype, data.shape)])
    let logits = try #require(try training.forward([name: data], isTraining: input.training)["logits"])
    let (loss, gradient) = Self.distillation(logits)
    #expect(abs(loss - expected.loss) <= 1e-4 * expected.loss)
    try training.backward(["logits": gradient])
    #expect(training.parameters == expected.gradients.keys.sorted())
    // A bias in front of a normalisation that trains has no gradient but for rounding.
    let rounding = 1e-6 * (expected.gradients.values.map(\.norm).max() ?? 0)
    for (name, wanted) in expected.gradients {
      Self.compare(training.withGradient(name) { $0.map { Double($0) } }, wanted, name, rounding)
    }
    let trained = training.trained()
    for (name, wanted) in expected.statistics {
      Self.compare(try #require(trained.constants[name]).doubles, wanted, name, 0)
    }
    if !input.training {
      for (name, tensor) in graph.constants { #expect(trained.constants[name]?.bytes == tensor.bytes) }
    }
  }

  private static func compare(_ values: [Double], _ wanted: Case.Numbers, _ name: String, _ rounding: Double)
  {
    let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(norm - wanted.norm) <= rounding + 1e-4 * wanted.norm, "norm of \(name)")
    let others = wanted.values.enumerated().filter { place, value in
      !(abs(values[place * wanted.step] - value) <= rounding + 1e-4 * wanted.largest)
    }
    #expect(others.isEmpty, "elements of \(name)")
  }

  private static func values(_ shape: Shape, kind: String) -> Tensor {
    let places = 0..<shape.count
    if kind == "token" { return Tensor(places.map { Int64((31 * $0 + 7 * $0 * $0) % 63) }, shape: shape) }
    return Tensor(places.map { Float((7919 * $0 + 13) % 256) / 255 }, shape: shape)
  }

  /// The loss, and its gradient by the logits.
  private static func distillation(_ logits: Tensor) -> (Double, Tensor) {
    let temperature = 4.0
    let classes = logits.shape.dims.last ?? 1
    let rows = logits.count / classes
    let student = logits.doubles
    var (loss, gradient) = (0.0, [Float]())
    for row in 0..<rows {
      let places = row * classes..<(row + 1) * classes
      let own = softmax(places.map { student[$0] / temperature })
      let wanted = softmax(places.map { (Double((48271 * $0 + 11) % 1000) / 250 - 2) / temperature })
      for (p, q) in zip(wanted, own) {
        loss += p * log(p / q) * temperature * temperature / Double(rows)
        gradient.append(Float((q - p) * temperature / Double(rows)))
      }
    }
    return (loss, Tensor(gradient, shape: logits.shape))
  }

  private static func softmax(_ values: [Double]) -> [Double] {
    let largest = values.max() ?? 0
    let powers = values.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

extension Tensor {
  fileprivate var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}
