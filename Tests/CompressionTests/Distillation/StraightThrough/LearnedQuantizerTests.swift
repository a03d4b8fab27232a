import Compression
import Engine
import Graph
import Tensor
import Testing

/// The pair of quantizers on a tape, against the gradients of learned step sizes, which torch has checked.
@Suite struct LearnedQuantizerTests {
  @Test(arguments: [(-8, 7, 0), (-128, 127, 3), (0, 15, 5), (-2, 1, -1)])
  func bothNodesMakeTheGradient(_ lowest: Int, _ highest: Int, _ zeroPoint: Int) throws {
    var random = SplitMix(seed: 9)
    let (weight, upstream) = (random.normal([3, 7]), random.normal([3, 7]))
    let scale: Float = 0.23
    let isSigned = lowest < 0
    let graph = Graph(
      name: "pair",
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [3, 7])],
      outputs: [ValueInfo(name: "y", dtype: .float32, dims: [3, 7])],
      nodes: [
        Node(name: "q", type: "QuantizeLinear", inputs: ["w", "s", "z"], outputs: ["q"]),
        Node(name: "d", type: "DequantizeLinear", inputs: ["q", "s", "z"], outputs: ["d"]),
        Node(name: "m", type: "Mul", inputs: ["d", "x"], outputs: ["y"]),
      ],
      constants: [
        "w": weight, "s": Tensor(scalar: scale),
        "z": isSigned ? Tensor(scalar: Int8(zeroPoint)) : Tensor(scalar: UInt8(zeroPoint)),
      ], opsets: ["": 13])
    let training = try TrainingGraph(
      graph, learning: ["w", "s"], inputs: ["x": (.float32, [3, 7])], quantizers: ["s": lowest...highest])
    let outputs = try training.forward(
      ["x": Tensor([Float](repeating: 1, count: 21), shape: [3, 7])], isTraining: true)
    let step = LearnedStepSize(qmin: lowest - zeroPoint, qmax: highest - zeroPoint)
    for (value, rounded) in zip(weight.floats, outputs["y"]!.floats) {
      let whole = min(max((value / scale).rounded(.toNearestOrEven), Float(step.qmin)), Float(step.qmax))
      #expect(abs(rounded - whole * scale) < 1e-6)
    }
    try training.backward(["y": upstream])
    var expected = [Float](repeating: 0, count: 21)
    let sum = expected.withUnsafeMutableBufferPointer { gradient in
      weight.withElements(of: Float.self) { weight in
        upstream.withElements(of: Float.self) {
          step.gradients(of: weight, upstream: $0, scale: scale, gradient: gradient)
        }
      }
    }
    training.withGradient("w") { found in
      for index in 0..<21 { #expect(abs(found[index] - expected[index]) < 1e-5) }
    }
    training.withGradient("s") { found in
      #expect(abs(Double(found[0]) * step.gradientScale(count: 21) - sum) < 1e-5 * max(1, abs(sum)))
    }
  }
}
