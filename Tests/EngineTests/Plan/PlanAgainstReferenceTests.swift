import Engine
import Graph
import Tensor
import Testing

/// The engine against the plain definitions, on shapes that ONNX's cases do not have: several channels, so that
/// other layouts than row-major come into play, and chains that are fused.
@Suite struct PlanAgainstReferenceTests {
  @Test(arguments: [1, 2, 3, 5, 8, 16, 20, 33])
  func convolutionChains(channels: Int) throws {
    for (index, chain) in [
      Chain(kernel: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1], dilations: [1, 1]),
      Chain(kernel: [5, 3], pads: [0, 1, 2, 1], strides: [2, 1], dilations: [1, 1]),
      Chain(kernel: [3, 3], pads: [0, 0, 0, 0], strides: [1, 1], dilations: [2, 2]),
      Chain(kernel: [1, 1], pads: [0, 0, 0, 0], strides: [1, 1], dilations: [1, 1]),
    ].enumerated() {
      for group in Set([1, channels]) {
        var graph = GraphBuilder(seed: UInt64(channels * 100 + index * 10 + group))
        let x = graph.input("x", [3, channels, 13, 11])
        var y = graph.convolution(
          x, channels: (channels, channels * (group == 1 ? 3 : 1)), group: group, chain)
        y = graph.normalization(y, channels: channels * (group == 1 ? 3 : 1))
        y = graph.node("Relu", [y])
        y = graph.node(
          "MaxPool", [y],
          ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
        y = graph.quantized(y, scale: 0.01, zeroPoint: 3)
        y = graph.node("AveragePool", [y], ["kernel_shape": .ints([2, 2]), "pads": .ints([1, 0, 0, 1])])
        y = graph.node("Flatten", [y])
        try graph.compare(output: y)
      }
    }
  }

  @Test func poolingOfEveryKindAndLayout() throws {
    let windows: [[String: Attribute]] = [
      ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])],
      ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])],
      ["kernel_shape": .ints([3, 2]), "strides": .ints([3, 1]), "ceil_mode": .int(1)],
      ["kernel_shape": .ints([2, 3]), "auto_pad": .string("SAME_UPPER")],
    ]
    for channels in [1, 7, 16, 21] {
      for (type, extra) in [
        ("MaxPool", [:]), ("AveragePool", [:]), ("AveragePool", ["count_include_pad": Attribute.int(1)]),
      ] {
        for window in windows {
          for convolved in [false, true] {
            var graph = GraphBuilder(seed: UInt64(channels))
            var y = graph.input("x", [2, channels, 9, 10])
            if convolved {
              let chain = Chain(kernel: [1, 1], pads: [0, 0, 0, 0], strides: [1, 1], dilations: [1, 1])
              y = graph.convolution(y, channels: (channels, channels), group: 1, chain)
            }
            y = graph.node(OperatorType(type), [y], window.merging(extra) { $1 })
            try graph.compare(output: y)
            let flat = graph.node("Flatten", [y])
            try graph.compare(output: flat)
          }
        }
      }
    }
  }

  @Test func residualAndDenseTail() throws {
    var graph = GraphBuilder(seed: 7)
    let chain = Chain(kernel: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1], dilations: [1, 1])
    let x = graph.input("x", [2, 12, 8, 8])
    let a = graph.convolution(x, channels: (12, 12), group: 1, chain)
    let b = graph.node("Relu", [a])
    let c = graph.convolution(b, channels: (12, 12), group: 1, chain)
    let sum = graph.node("Add", [c, b])
    // `b` is read twice: nothing may write over it.
    let relu = graph.node("Relu", [sum])
    let pooled = graph.node("GlobalAveragePool", [relu])
    let flat = graph.node("Flatten", [pooled])
    let product = graph.node("MatMul", [flat, graph.constant([12, 9])])
    let biased = graph.node("Add", [product, graph.constant([9])])
    let active = graph.node("Sigmoid", [biased])
    let scaled = graph.node("Mul", [active, graph.constant([1])])
    let output = graph.node("Sub", [scaled, flat9(&graph, b)])
    try graph.compare(output: output)
  }

  private func flat9(_ graph: inout GraphBuilder, _ b: String) -> String {
    let pooled = graph.node("GlobalAveragePool", [b])
    let flat = graph.node("Flatten", [pooled])
    return graph.node("Gemm", [flat, graph.constant([9, 12]), graph.constant([9])], ["transB": .int(1)])
  }

  @Test func productsOfTwoInputs() throws {
    var graph = GraphBuilder(seed: 3)
    let a = graph.input("a", [2, 3, 4, 5])
    let b = graph.input("b", [3, 5, 6])
    let c = graph.node("MatMul", [a, b])
    let d = graph.node("Tanh", [c])
    try graph.compare(output: d)
  }

  @Test func clampedQuantizerIsClipAndPair() throws {
    var graph = GraphBuilder(seed: 5)
    let x = graph.input("x", [2, 5, 6, 6])
    let chain = Chain(kernel: [3, 3], pads: [0, 0, 0, 0], strides: [1, 1], dilations: [1, 1])
    let y = graph.convolution(x, channels: (5, 6), group: 1, chain)
    let clipped = graph.node("Clip", [y, graph.scalar(-0.35), graph.scalar(0.35)])
    let quantized = graph.quantized(clipped, scale: 0.05, zeroPoint: 0)
    try graph.compare(output: quantized)
  }
}

/// How a convolution slides.
struct Chain {
  var kernel: [Int]
  var pads: [Int]
  var strides: [Int]
  var dilations: [Int]
}
