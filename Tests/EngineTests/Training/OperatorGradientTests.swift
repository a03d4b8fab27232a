import Engine
import Graph
import Tensor
import Testing

/// Operators that can be trained, against differences of their definitions; sums, products and pools have files of their
/// own.
@Suite struct OperatorGradientTests {
  @Test func lenet() throws {
    var check = GradientCheck(seed: 1)
    var y = check.node(
      "Conv", [check.input([3, 1, 12, 12]), check.parameter([4, 1, 3, 3]), check.parameter([4])])
    y = check.node("Relu", [y])
    y = check.node("MaxPool", [y], ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
    y = check.node("Conv", [y, check.parameter([5, 4, 2, 2]), check.parameter([5])])
    y = check.node("Relu", [y])
    y = check.node("MaxPool", [y], ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
    y = check.node("Flatten", [y])
    y = check.node("Gemm", [y, check.parameter([7, 20]), check.parameter([7])], ["transB": .int(1)])
    y = check.node("Relu", [y])
    y = check.node("Gemm", [y, check.parameter([3, 7]), check.parameter([3])], ["transB": .int(1)])
    try check.check([y])
  }

  struct Convolution: Sendable {
    var data: [Int]
    var weight: [Int]
    var attributes: [String: Attribute] = [:]
  }

  @Test(arguments: [
    Convolution(data: [2, 3, 7, 6], weight: [4, 3, 3, 3]),
    Convolution(
      data: [2, 8, 7, 6], weight: [8, 1, 3, 3], attributes: ["group": .int(8), "pads": .ints([1, 1, 1, 1])]),
    Convolution(
      data: [2, 6, 9, 8], weight: [9, 2, 3, 3], attributes: ["group": .int(3), "strides": .ints([2, 1])]),
    Convolution(
      data: [2, 5, 9, 9], weight: [3, 5, 3, 3],
      attributes: ["dilations": .ints([2, 2]), "pads": .ints([2, 1, 0, 1])]),
    Convolution(data: [2, 3, 8, 8], weight: [6, 3, 2, 2], attributes: ["strides": .ints([2, 2])]),
    Convolution(data: [2, 6, 17], weight: [5, 6, 5], attributes: ["strides": .ints([2])]),
    Convolution(data: [1, 2, 4, 5, 4], weight: [3, 2, 2, 2, 2]),
    Convolution(
      data: [2, 4, 8, 8], weight: [8, 1, 3, 3],
      attributes: ["group": .int(4), "auto_pad": .string("SAME_UPPER")]),
    Convolution(data: [2, 16, 5, 5], weight: [24, 16, 1, 1]),
  ])
  func convolution(_ form: Convolution) throws {
    for hasBias in [true, false] {
      var check = GradientCheck(seed: 2)
      let data = check.parameter(form.data)
      let weight = check.parameter(form.weight)
      let bias = hasBias ? [check.parameter([form.weight[0]])] : []
      try check.check([check.node("Conv", [data, weight] + bias, form.attributes)])
    }
  }

  @Test func valuesThatAreReadTwice() throws {
    var check = GradientCheck(seed: 3)
    let x = check.parameter([2, 4, 6, 6])
    let weight = check.parameter([4, 4, 3, 3])
    let pads: [String: Attribute] = ["pads": .ints([1, 1, 1, 1])]
    // The same weight twice, a sum with what went in, a value times itself.
    let a = check.node("Conv", [x, weight], pads)
    let b = check.node("Conv", [a, weight], pads)
    let sum = check.node("Add", [b, a])
    let square = check.node("Mul", [sum, sum])
    let relu = check.node("Relu", [square])
    let both = check.node("Concat", [relu, relu, sum], ["axis": .int(1)])
    try check.check([both, a])
  }

  @Test(arguments: [
    "Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Erf", "Exp", "Neg", "Abs",
    "Softplus",
    "Elu", "Identity",
  ])
  func elementwise(_ name: String) throws {
    var check = GradientCheck(seed: 4)
    let x = check.parameter([3, 4, 5], from: -4, to: 4)
    let y = check.node(OperatorType(name), [x])
    // Behind a value that may be written over, too.
    let z = check.node(OperatorType(name), [check.node("Add", [x, check.parameter([4, 1])])])
    try check.check([y, z])
  }

  @Test func functionsOfPositiveNumbers() throws {
    for name in ["Sqrt", "Log", "Reciprocal"] {
      var check = GradientCheck(seed: 5)
      let x = check.parameter([3, 7], from: 0.5, to: 3)
      try check.check([check.node(OperatorType(name), [x])])
    }
  }

  @Test func gelus() throws {
    for (form, type) in [("none", "Gelu"), ("tanh", "Gelu")] {
      var check = GradientCheck(seed: 6, opset: 20)
      let x = check.parameter([3, 17], from: -4, to: 4)
      try check.check([check.node(OperatorType(type), [x], ["approximate": .string(form)])])
    }
    var check = GradientCheck(seed: 6)
    let x = check.parameter([3, 17], from: -4, to: 4)
    try check.check([check.node(OperatorType("Gelu", domain: "com.microsoft"), [x])])
  }

  @Test func writtenOutGelus() throws {
    for isKept in [false, true] {
      var check = GradientCheck(seed: 7)
      let x = check.parameter([3, 9], from: -3, to: 3)
      let scaled = check.node("Div", [x, check.constant(Tensor(scalar: Float(2).squareRoot()))])
      let erf = check.node("Erf", [scaled])
      let sum = check.node("Add", [erf, check.constant(Tensor(scalar: Float(1)))])
      let product = check.node("Mul", [x, sum])
      let y = check.node("Mul", [product, check.constant(Tensor(scalar: Float(0.5)))])
      let cube = check.node("Pow", [x, check.constant(Tensor(scalar: Float(3)))])
      let inner = check.node(
        "Add", [x, check.node("Mul", [cube, check.constant(Tensor(scalar: Float(0.044715)))])])
      let tanh = check.node(
        "Tanh", [check.node("Mul", [inner, check.constant(Tensor(scalar: Float(0.797_884_56)))])])
      let half = check.node("Mul", [x, check.constant(Tensor(scalar: Float(0.5)))])
      let z = check.node(
        "Mul", [half, check.node("Add", [tanh, check.constant(Tensor(scalar: Float(1)))])])
      try check.check(isKept ? [y, z, erf, cube] : [y, z])
    }
  }

  @Test func clipped() throws {
    var check = GradientCheck(seed: 8)
    let x = check.parameter([4, 9], from: -4, to: 4)
    let y = check.node(
      "Clip", [x, check.constant(Tensor(scalar: Float(-1))), check.constant(Tensor(scalar: Float(2)))])
    let z = check.node("Clip", [x, "", check.constant(Tensor(scalar: Float(1)))])
    try check.check([y, z])
  }

  @Test func learnedSlopes() throws {
    for dims in [[3, 1, 1], [1], [2, 3, 4, 5]] {
      var check = GradientCheck(seed: 23)
      try check.check([check.node("PRelu", [check.parameter([2, 3, 4, 5]), check.parameter(dims)])])
    }
  }

  @Test func batchNormalization() throws {
    for isTraining in [false, true] {
      for dims in [[4, 3, 5, 6], [9, 3], [4, 3, 7], [3, 16, 5, 6], [40, 70, 3, 3]] {
        var check = GradientCheck(seed: 14)
        let channels = dims[1]
        let x = check.parameter(dims, from: -1, to: 3)
        let y = check.node(
          "BatchNormalization",
          [
            x, check.parameter([channels], from: 0.5, to: 2), check.parameter([channels]),
            check.constant([channels]), check.constant([channels], from: 0.5, to: 2),
          ])
        if dims.count == 4 && dims[0] == 40 && !isTraining { continue }
        try check.check([y], isTraining: isTraining, tolerance: 1e-3)
      }
    }
  }

  /// What follows is done by the normalisation itself where nothing else reads it.
  @Test(arguments: ["Relu", "Sigmoid", "HardSwish"])
  func activationsBehindBatchNormalization(_ name: String) throws {
    for (isTraining, channels) in [(false, 5), (true, 5), (true, 16)] {
      var check = GradientCheck(seed: 25)
      let convolved = check.node(
        "Conv", [check.parameter([4, 3, 6, 7]), check.parameter([channels, 3, 1, 1])])
      var y = check.node(
        "BatchNormalization",
        [
          convolved, check.parameter([channels], from: 0.5, to: 2), check.parameter([channels]),
          check.constant([channels]), check.constant([channels], from: 0.5, to: 2),
        ])
      y = check.node(OperatorType(name), [y])
      let twice = check.node("Relu", [check.node("Sub", [y, check.constant(Tensor(scalar: Float(0.3)))])])
      try check.check([twice, check.node("Mul", [y, y])], isTraining: isTraining, tolerance: 1e-3)
    }
  }

  @Test func layerNormalization() throws {
    for axis in [-1, 1] {
      var check = GradientCheck(seed: 15)
      let width = axis == -1 ? [6] : [4, 6]
      let x = check.parameter([3, 4, 6])
      let y = check.node(
        "LayerNormalization", [x, check.parameter(width), check.parameter(width)], ["axis": .int(axis)])
      let z = check.node("LayerNormalization", [x, check.parameter(width)], ["axis": .int(axis)])
      try check.check([y, z], tolerance: 1e-3)
    }
  }

  @Test func softmaxes() throws {
    for opset in [12, 17] {
      for name in ["Softmax", "LogSoftmax"] {
        for axis in 0..<3 {
          var check = GradientCheck(seed: 16, opset: opset)
          let x = check.parameter([3, 4, 5])
          try check.check([check.node(OperatorType(name), [x], ["axis": .int(axis)])])
        }
      }
    }
  }

  @Test func viewsAndMoves() throws {
    var check = GradientCheck(seed: 20)
    let x = check.parameter([2, 3, 4])
    let reshaped = check.node("Reshape", [x, check.integers([6, -1])])
    let squeezed = check.node(
      "Squeeze", [check.node("Unsqueeze", [reshaped, check.integers([1])]), check.integers([1])])
    let transposed = check.node("Transpose", [x], ["perm": .ints([2, 0, 1])])
    let parts = check.nodes("Split", [x, check.integers([1, 3])], ["axis": .int(2)], outputs: 2)
    let sliced = check.node(
      "Slice",
      [
        x, check.integers([2, 3]), check.integers([0, -9]), check.integers([1, 2]), check.integers([-1, -2]),
      ])
    let joined = check.node("Concat", [parts[1], x, parts[0]], ["axis": .int(2)])
    let dropped = check.node("Dropout", [joined])
    let padded = check.node(
      "Pad", [x, check.integers([0, 1, -1, 2, 0, 1]), check.constant(Tensor(scalar: Float(0.5)))])
    let expanded = check.node(
      "Expand", [check.node("Unsqueeze", [reshaped, check.integers([1])]), check.integers([6, 3, 4])])
    try check.check([squeezed, transposed, sliced, dropped, padded, expanded, parts[0]])
  }

  @Test func gathersAndChoices() throws {
    var check = GradientCheck(seed: 21)
    let table = check.parameter([5, 3])
    let rows = check.node(
      "Gather", [table, check.constant(Tensor([0, 3, 3, -1].map { Int64($0) }, shape: [2, 2]))])
    let columns = check.node("Gather", [table, check.constant(Tensor(scalar: Int64(1)))], ["axis": .int(1)])
    let condition = check.constant(Tensor([true, false, true, true, false, false], shape: [2, 1, 3]))
    let chosen = check.node("Where", [condition, rows, check.parameter([2, 1])])
    let masked = check.node(
      "Where", [condition, check.constant(Tensor(scalar: -Float.infinity)), chosen])
    let weights = check.node("Softmax", [masked], ["axis": .int(2)])
    try check.check([columns, chosen, check.node("Concat", [weights, rows], ["axis": .int(0)])])
  }

  @Test(arguments: ["forward", "reverse", "bidirectional"])
  func recurrentLayers(_ direction: String) throws {
    let directions = direction == "bidirectional" ? 2 : 1
    let (steps, samples, inputs, hidden) = (4, 3, 5, 6)
    for (type, gates, extra) in [
      ("GRU", 3, ["linear_before_reset": Attribute.int(1)]), ("GRU", 3, [:]), ("LSTM", 4, [:]),
      ("LSTM", 4, ["input_forget": .int(1)]), ("RNN", 1, [:]),
    ] {
      for isWhole in [true, false] {
        var check = GradientCheck(seed: 22)
        var operands = [
          check.parameter([steps, samples, inputs]), check.parameter([directions, gates * hidden, inputs]),
          check.parameter([directions, gates * hidden, hidden]),
        ]
        let states = type == "LSTM" ? 2 : 1
        if isWhole {
          operands += [check.parameter([directions, 2 * gates * hidden]), ""]
          operands += (0..<states).map { _ in check.parameter([directions, samples, hidden]) }
        }
        let outputs = check.nodes(
          OperatorType(type), operands,
          extra.merging(["direction": .string(direction), "hidden_size": .int(hidden)]) { $1 },
          outputs: 1 + states)
        try check.check(isWhole ? outputs : [outputs[0]])
      }
    }
  }

  /// What does not learn goes forwards only, in front of what does and beside it.
  @Test func frozenParts() throws {
    var check = GradientCheck(seed: 24)
    let x = check.input([2, 3, 6, 6])
    var y = check.node("Conv", [x, check.constant([4, 3, 3, 3]), check.constant([4])])
    y = check.node(
      "BatchNormalization",
      [
        y, check.constant([4]), check.constant([4]), check.constant([4]),
        check.constant([4], from: 0.5, to: 2),
      ])
    y = check.node("Selu", [check.node("Relu", [y])])
    let pooled = check.node("MaxPool", [y], ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
    let learned = check.node("Conv", [pooled, check.parameter([5, 4, 1, 1])])
    let frozen = check.node("Conv", [learned, check.constant([5, 1, 2, 2])], ["group": .int(5)])
    let scaled = check.node("Mul", [frozen, check.parameter([5, 1, 1])])
    let mask = check.node("Greater", [scaled, check.constant(Tensor(scalar: Float(0)))])
    let chosen = check.node("Where", [mask, scaled, check.constant(Tensor(scalar: Float(2)))])
    try check.check([chosen, y, scaled])
  }
}
