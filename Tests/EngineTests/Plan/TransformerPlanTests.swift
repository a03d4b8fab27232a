import Engine
import Graph
import Tensor
import Testing

/// What transformers are made of, on the engine and by the definitions.
@Suite struct TransformerPlanTests {
  /// Where the factors of a GELU stand.
  @Test(arguments: 0..<6) func geluWrittenOut(form: Int) throws {
    var graph = GraphBuilder(seed: UInt64(form))
    let x = graph.node("MatMul", [graph.input("x", [4, 33]), graph.constant([33, 65])])
    let inner: String
    if form < 3 {
      let root = graph.scalar(form == 1 ? 0.70710678 : 1.41421356)
      inner = graph.node("Erf", [graph.node(form == 1 ? "Mul" : "Div", [x, root])])
    } else {
      let cube = graph.node("Mul", [graph.node("Mul", [x, x]), x])
      let sum = graph.node("Add", [x, graph.node("Mul", [graph.scalar(0.044715), cube])])
      inner = graph.node("Tanh", [graph.node("Mul", [sum, graph.scalar(0.7978845608)])])
    }
    let more = graph.node("Add", [inner, graph.scalar(1)])
    let half = graph.scalar(0.5)
    let y =
      switch form % 3 {
      case 0: graph.node("Mul", [graph.node("Mul", [x, more]), half])
      case 1: graph.node("Mul", [graph.node("Mul", [more, half]), x])
      default: graph.node("Mul", [graph.node("Mul", [x, half]), more])
      }
    try graph.compare(output: y)
  }

  /// A value inside that something else reads keeps the pattern apart.
  @Test func geluWithAReaderInside() throws {
    var graph = GraphBuilder(seed: 9)
    let x = graph.input("x", [3, 17])
    let erf = graph.node("Erf", [graph.node("Div", [x, graph.scalar(1.41421356)])])
    let more = graph.node("Add", [erf, graph.scalar(1)])
    let y = graph.node("Mul", [graph.node("Mul", [x, more]), graph.scalar(0.5)])
    try graph.compare(output: graph.node("Add", [y, more]))
  }

  @Test(arguments: [0.5, 1.0]) func sigmoidTimesItsInput(factor: Float) throws {
    var graph = GraphBuilder(seed: 4)
    let x = graph.node("Mul", [graph.input("x", [2, 40]), graph.scalar(factor)])
    try graph.compare(output: graph.node("Mul", [x, graph.node("Sigmoid", [x])]))
  }

  @Test(arguments: [(1, 7, 3, 8), (2, 16, 4, 16), (3, 5, 1, 33)])
  func attention(batch: Int, tokens: Int, heads: Int, width: Int) throws {
    var graph = GraphBuilder(seed: UInt64(tokens))
    let all = heads * width
    let x = graph.input("x", [batch, tokens, all])
    let shape = graph.constant(Tensor([Int64(0), -1, Int64(heads), Int64(width)]))
    func part(_ order: [Int]) -> String {
      let y = graph.node(
        "Add", [graph.node("MatMul", [x, graph.constant([all, all])]), graph.constant([all])])
      return graph.node("Transpose", [graph.node("Reshape", [y, shape])], ["perm": .ints(order)])
    }
    let (q, k, v) = (part([0, 2, 1, 3]), part([0, 2, 3, 1]), part([0, 2, 1, 3]))
    let scores = graph.node("Div", [graph.node("MatMul", [q, k]), graph.scalar(Float(width).squareRoot())])
    let mask = graph.constant([1, 1, tokens, tokens])
    let weights = graph.node("Softmax", [graph.node("Add", [scores, mask])], ["axis": .int(-1)])
    let back = graph.node("Transpose", [graph.node("MatMul", [weights, v])], ["perm": .ints([0, 2, 1, 3])])
    let joined = graph.node("Reshape", [back, graph.constant(Tensor([Int64(0), -1, Int64(all)]))])
    let output = graph.node("MatMul", [joined, graph.constant([all, all])])
    let sum = graph.node("Add", [graph.node("Add", [output, graph.constant([all])]), x])
    let y = graph.node("LayerNormalization", [sum, graph.constant([all]), graph.constant([all])])
    try graph.compare(output: y)
  }

  @Test func exchangesAxesForAllReaders() throws {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
      var graph = GraphBuilder(seed: 11)
      let x = graph.input("x", [2, 3, 4, 5])
      let y = graph.node("Transpose", [x], ["perm": .ints(order)])
      try graph.compare(output: graph.node("Relu", [y]))
    }
  }

  @Test(arguments: [-1, 0, 1, 2]) func softmaxAlongEveryAxis(axis: Int) throws {
    var graph = GraphBuilder(seed: 12)
    let x = graph.input("x", [3, 9, 17])
    try graph.compare(output: graph.node("Softmax", [x], ["axis": .int(axis)]))
  }

  /// Behind a product, which takes them in, and alone; on numbers above zero where the function wants them.
  @Test(arguments: ["Abs", "Elu", "Exp", "HardSwish", "Log", "Mish", "Softplus", "Sqrt", "Tanh", "Sigmoid"])
  func functionsOfOneNumber(name: String) throws {
    let type = OperatorType(name)
    var graph = GraphBuilder(seed: 15)
    let x = graph.input("x", [3, 21])
    let product = graph.node("MatMul", [x, graph.constant([21, 17])])
    let positive = graph.node("Add", [graph.node("Mul", [product, product]), graph.scalar(0.1)])
    let y = graph.node(type, [positive])
    try graph.compare(output: graph.node("Sub", [y, graph.node(type, [graph.node("Exp", [product])])]))
  }

  @Test(arguments: [-1, 0, 1]) func logarithmOfSoftmax(axis: Int) throws {
    var graph = GraphBuilder(seed: 16)
    let x = graph.input("x", [3, 9, 17])
    try graph.compare(output: graph.node("LogSoftmax", [x], ["axis": .int(axis)]))
  }

  @Test(arguments: [-1, 1, 0]) func normalizesOverAxes(axis: Int) throws {
    var graph = GraphBuilder(seed: 13)
    let dims = [3, 5, 12]
    let x = graph.input("x", dims)
    let sizes = Array(dims[(axis < 0 ? 2 : axis)...])
    let y = graph.node(
      "LayerNormalization", [x, graph.constant(sizes), graph.constant(sizes)],
      ["axis": .int(axis), "epsilon": .float(1e-3)])
    try graph.compare(output: y)
  }

  @Test func gathersRowsAndColumns() throws {
    for axis in [0, 1, -1] {
      var graph = GraphBuilder(seed: 14)
      let indices = graph.constant(Tensor([Int64(2), 0, -1, 2], shape: [2, 2]))
      let x = graph.input("x", [3, 4, 3])
      try graph.compare(output: graph.node("Gather", [x, indices], ["axis": .int(axis)]))
    }
  }
}
