import Engine
import Graph
import Tensor
import Testing

/// Pools and reductions, against differences of their definitions.
@Suite struct PoolGradientTests {
  /// Of several equal numbers the first is the largest, with channels that fill vectors and some over.
  @Test func firstOfEqualMaxima() throws {
    let (channels, height, width) = (7, 4, 6)
    var graph = Graph(opsets: ["": 17])
    let values = (0..<channels * height * width).map { Float($0 * 31 % 11 / 3) }
    graph.constants["x"] = Tensor(values, shape: [1, channels, height, width])
    let one = (0..<channels * channels).map { Float($0 % (channels + 1) == 0 ? 1 : 0) }
    graph.constants["w"] = Tensor(one, shape: [channels, channels, 1, 1])
    let pool: [String: Attribute] = ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])]
    graph.nodes = [
      Node(name: "conv", type: "Conv", inputs: ["x", "w"], outputs: ["a"]),
      Node(name: "pool", type: "MaxPool", inputs: ["a"], outputs: ["y"], attributes: pool),
    ]
    graph.outputs = [ValueInfo(name: "y", dtype: .float32, dims: nil)]
    let training = try TrainingGraph(graph, learning: ["x"], inputs: [:], keeps: ["a"])
    let result = try #require(try training.forward([:], isTraining: true)["y"])
    let slopes = (0..<result.count).map { Float($0 + 1) }
    var (maxima, expected) = ([Float](), [Float](repeating: 0, count: values.count))
    for plane in 0..<channels {
      for row in stride(from: 0, to: height, by: 2) {
        for column in stride(from: 0, to: width, by: 2) {
          let first = (plane * height + row) * width + column
          let window = [first, first + 1, first + width, first + width + 1]
          let largest = window.reduce(first) { values[$1] > values[$0] ? $1 : $0 }
          expected[largest] = slopes[maxima.count]
          maxima.append(values[largest])
        }
      }
    }
    #expect(result.floats == maxima)
    try training.backward(["y": Tensor(slopes, shape: result.shape)])
    #expect(training.withGradient("x") { Array($0) } == expected)
    // Beside another gradient of what is pooled.
    let whole = Tensor([Float](repeating: 1, count: values.count), shape: [1, channels, height, width])
    try training.backward(["y": Tensor(slopes, shape: result.shape), "a": whole])
    #expect(training.withGradient("x") { Array($0) } == expected.map { $0 + 1 })
  }

  @Test func pools() throws {
    let windows: [[String: Attribute]] = [
      ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])],
      ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])],
      ["kernel_shape": .ints([3, 2]), "strides": .ints([3, 1]), "ceil_mode": .int(1)],
      ["kernel_shape": .ints([2, 2]), "dilations": .ints([2, 2])],
    ]
    for window in windows {
      for type in ["MaxPool", "AveragePool"] {
        if type == "AveragePool" && window["dilations"] != nil { continue }
        for size in [(9, 10), (8, 6)] {
          var check = GradientCheck(seed: 17)
          let x = check.parameter([2, 3, size.0, size.1])
          let y = check.node(OperatorType(type), [x], window)
          // With channels last, too.
          let z = check.node(
            OperatorType(type), [check.node("Conv", [x, check.parameter([5, 3, 1, 1])])], window)
          try check.check([y, z])
        }
      }
    }
  }

  @Test func globalPools() throws {
    for type in ["GlobalAveragePool", "GlobalMaxPool"] {
      var check = GradientCheck(seed: 18)
      let x = check.parameter([2, 3, 4, 5])
      let convolved = check.node("Conv", [x, check.parameter([5, 3, 1, 1])])
      try check.check([
        check.node(OperatorType(type), [x]),
        check.node("Flatten", [check.node(OperatorType(type), [convolved])]),
      ])
    }
  }

  @Test func reductions() throws {
    for type in ["ReduceMean", "ReduceSum"] {
      for axes in [[1], [0, 2], [-1], [0, 1, 2]] {
        for keeps in [0, 1] {
          var check = GradientCheck(seed: 19, opset: 18)
          let x = check.parameter([3, 4, 5])
          let y = check.node(OperatorType(type), [x, check.integers(axes)], ["keepdims": .int(keeps)])
          try check.check([y])
        }
      }
    }
  }
}
