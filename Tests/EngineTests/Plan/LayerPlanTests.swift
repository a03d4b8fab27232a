import Engine
import Graph
import Tensor
import Testing

/// The kernels of network layers against the plain definitions, on shapes that the recorded vectors are too small for.
@Suite struct LayerPlanTests {
  @Test(arguments: ["forward", "reverse", "bidirectional"], [(7, 1), (1, 5), (6, 3)])
  func recurrentLayers(direction: String, sizes: (steps: Int, samples: Int)) throws {
    let directions = direction == "bidirectional" ? 2 : 1
    let (inputs, hidden) = (9, 20)
    for (type, gates, states, extra) in [
      ("RNN", 1, 1, [:]), ("GRU", 3, 1, [:]), ("GRU", 3, 1, ["linear_before_reset": Attribute.int(1)]),
      ("LSTM", 4, 2, [:]), ("LSTM", 4, 2, ["input_forget": .int(1)]),
    ] {
      for isBatchFirst in [false, true] {
        for isFull in [false, true] {
          var graph = GraphBuilder(seed: UInt64(gates * 10 + sizes.steps))
          let (first, second) = isBatchFirst ? (sizes.samples, sizes.steps) : (sizes.steps, sizes.samples)
          var arguments = [
            graph.input("x", [first, second, inputs]), graph.constant([directions, gates * hidden, inputs]),
            graph.constant([directions, gates * hidden, hidden]),
          ]
          if isFull {
            let state =
              isBatchFirst ? [sizes.samples, directions, hidden] : [directions, sizes.samples, hidden]
            arguments += [graph.constant([directions, 2 * gates * hidden]), ""]
            for index in 0..<states { arguments.append(graph.input("state\(index)", state)) }
          }
          let attributes: [String: Attribute] = [
            "hidden_size": .int(hidden), "direction": .string(direction),
            "layout": .int(isBatchFirst ? 1 : 0),
          ]
          let y = graph.node(OperatorType(type), arguments, attributes.merging(extra) { $1 })
          try graph.compare(output: y)
        }
      }
    }
  }

  @Test(arguments: [1, 3, 16, 20]) func transposedConvolutions(channels: Int) throws {
    for (kernel, attributes) in [
      ([2, 2], ["strides": Attribute.ints([2, 2])]),
      ([3, 3], ["strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1]), "output_padding": .ints([1, 1])]),
      ([3, 2], ["dilations": .ints([2, 1]), "pads": .ints([0, 1, 1, 0])]), ([4], ["strides": .ints([3])]),
      ([2, 3, 2], ["auto_pad": .string("SAME_UPPER"), "strides": .ints([2, 2, 1])]),
    ] {
      for group in Set([1, channels]) {
        var graph = GraphBuilder(seed: UInt64(channels + kernel.count))
        let x = graph.input("x", [2, channels] + [5, 6, 4].prefix(kernel.count))
        let outputs = group == 1 ? 7 : 2
        let weight = graph.constant([channels, outputs] + kernel)
        let bias = graph.constant([outputs * group])
        var attributes = attributes
        attributes["group"] = .int(group)
        let up = graph.node("ConvTranspose", [x, weight, bias], attributes)
        let y = graph.node("Relu", [up])
        try graph.compare(output: y)
      }
    }
  }

  @Test func normalisationsAndMaxima() throws {
    for dims in [[2, 6, 9], [1, 8, 5, 7], [2, 4, 3, 2, 5]] {
      var graph = GraphBuilder(seed: UInt64(dims.count))
      let x = graph.input("x", dims)
      let parameters = [graph.constant([dims[1]]), graph.constant([dims[1]])]
      var y = graph.node("InstanceNormalization", [x] + parameters)
      let pair = [graph.constant([2]), graph.constant([2])]
      y = graph.node("GroupNormalization", [y] + pair, ["num_groups": .int(2), "epsilon": .float(0.1)])
      try graph.compare(output: y)
      y = graph.node("GlobalMaxPool", [y])
      try graph.compare(output: y)
    }
  }

  /// Sizes whose product over input, weight and output is beyond any integer.
  @Test func largeBatchesArePlanned() throws {
    let weight = Tensor([Float](repeating: 1, count: 64 * 32 * 16), shape: [64, 32, 4, 4])
    let graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 64, 32, 32])],
      outputs: [ValueInfo(name: "y", dtype: .float32, dims: nil)],
      nodes: [Node(name: "up", type: "ConvTranspose", inputs: ["x", "w"], outputs: ["y"])],
      constants: ["w": weight], opsets: ["": 17])
    #expect(throws: Never.self) {
      try GraphProgram(graph).prepare(["x": (.float32, [8000, 64, 32, 32])])
    }
  }
}
