import Graph
import Tensor

/// An activation that a graph writes out in several nodes.
struct WrittenOutActivation: FusableActivation {
  static let type = OperatorType("Activation", domain: "pare")

  let activation: Activation

  init(_ activation: Activation) { self.activation = activation }
  init(_ node: Node, opset: Int) throws(GraphError) {
    throw .unknownOperator(node: node.label, type: Self.type)
  }

  func activation(_ inputs: [Facts?]) -> Activation? { activation }

  func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }
}

/// Finds activations that exporters write out: GELU by Erf or Tanh, and `x · sigmoid(x)`.
struct ActivationPatterns {
  private let typed: TypedGraph
  private let producers: [String: Int]
  private let consumers: [String: [Int]]
  private let outputs: Set<String>
  /// The nodes of a pattern, by the last of them.
  private var found: [Int: (nodes: Set<Int>, input: String, activation: Activation)] = [:]
  /// How far a factor may be from what it stands for.
  private static let tolerance: Float = 1e-4

  /// The graph with one node in place of each pattern.
  static func applied(to typed: TypedGraph) -> TypedGraph {
    var patterns = ActivationPatterns(typed)
    patterns.search()
    return patterns.rewritten()
  }

  private init(_ typed: TypedGraph) {
    self.typed = typed
    producers = typed.producers
    consumers = typed.consumers
    outputs = Set(typed.graph.outputs.map(\.name))
  }

  private mutating func search() {
    for index in typed.graph.nodes.indices {
      switch typed.graph.nodes[index].type.name {
      case "Erf": gelu(byErf: index)
      case "Tanh": gelu(byTanh: index)
      case "Sigmoid": swish(index)
      default: break
      }
    }
  }

  // MARK: Patterns

  /// `x · 0.5 · (1 + erf(x / √2))`, in any order of the factors.
  private mutating func gelu(byErf index: Int) {
    guard let inner = producer(of: index, 0), let (x, factor) = scaled(inner),
      abs(factor - Float(0.5).squareRoot()) < Self.tolerance
    else { return }
    halfOfOneMore(than: index, times: x, within: [inner, index], .gelu(byTanh: false))
  }

  /// `x · 0.5 · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))`.
  private mutating func gelu(byTanh index: Int) {
    guard let outer = producer(of: index, 0), let (sum, factor) = scaled(outer),
      abs(factor - (2 / Float.pi).squareRoot()) < Self.tolerance, let add = producers[sum],
      typed.operators[add] is Add
    else { return }
    let inputs = typed.graph.nodes[add].inputs
    for (x, other) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] {
      guard let multiple = producers[other], let (cube, factor) = scaled(multiple),
        abs(factor - 0.044715) < Self.tolerance, let cubing = self.cube(cube, of: x)
      else { continue }
      halfOfOneMore(
        than: index, times: x, within: cubing.union([multiple, add, outer, index]), .gelu(byTanh: true))
      return
    }
  }

  /// `x · sigmoid(x)`.
  private mutating func swish(_ index: Int) {
    let node = typed.graph.nodes[index]
    guard let product = reader(of: index), typed.operators[product] is Mul else { return }
    let inputs = typed.graph.nodes[product].inputs
    guard inputs == [node.inputs[0], node.outputs[0]] || inputs == [node.outputs[0], node.inputs[0]] else {
      return
    }
    add([index, product], last: product, input: node.inputs[0], .swish(alpha: 1))
  }

  /// Completes `(1 + y) · x · 0.5` for the value `y` that node `index` gives.
  private mutating func halfOfOneMore(
    than index: Int, times x: String, within nodes: Set<Int>, _ function: Activation.Function
  ) {
    guard let sum = reader(of: index), typed.operators[sum] is Add,
      constant(beside: value(of: index), in: sum) == 1,
      let product = reader(of: sum), typed.operators[product] is Mul
    else { return }
    let nodes = nodes.union([sum, product])
    let other = operand(beside: value(of: sum), in: product)
    if other == x {
      guard let half = reader(of: product), typed.operators[half] is Mul || typed.operators[half] is Div,
        let (_, factor) = scaled(half), factor == 0.5
      else { return }
      add(nodes.union([half]), last: half, input: x, function)
    } else if let half = producers[other], let (source, factor) = scaled(half), factor == 0.5, source == x {
      add(nodes.union([half]), last: product, input: x, function)
    } else if constant(beside: value(of: sum), in: product) == 0.5, let last = reader(of: product),
      typed.operators[last] is Mul, operand(beside: value(of: product), in: last) == x
    {
      add(nodes.union([last]), last: last, input: x, function)
    }
  }

  /// The nodes that make the third power of `x`, if `name` is that.
  private func cube(_ name: String, of x: String) -> Set<Int>? {
    guard let index = producers[name] else { return nil }
    let node = typed.graph.nodes[index]
    if node.type == "Pow" { return node.inputs[0] == x && number(node.inputs[1]) == 3 ? [index] : nil }
    guard typed.operators[index] is Mul else { return nil }
    let square = node.inputs[0] == x ? node.inputs[1] : node.inputs[1] == x ? node.inputs[0] : ""
    guard let inner = producers[square], typed.operators[inner] is Mul,
      typed.graph.nodes[inner].inputs == [x, x]
    else { return nil }
    return [index, inner]
  }

  // MARK: Parts

  /// A value times a constant, where a node is that; a division is by the inverse.
  private func scaled(_ index: Int) -> (value: String, factor: Float)? {
    let node = typed.graph.nodes[index]
    if typed.operators[index] is Mul {
      if let factor = number(node.inputs[1]) { return (node.inputs[0], factor) }
      if let factor = number(node.inputs[0]) { return (node.inputs[1], factor) }
    }
    if typed.operators[index] is Div, let divisor = number(node.inputs[1]), divisor != 0 {
      return (node.inputs[0], 1 / divisor)
    }
    return nil
  }

  private func number(_ name: String) -> Float? {
    guard let tensor = typed.graph.constants[name], tensor.dtype == .float32, tensor.count == 1,
      tensor.shape.rank <= 1
    else { return nil }
    return tensor.floats.first
  }

  private func value(of index: Int) -> String { typed.graph.nodes[index].outputs[0] }

  private func operand(beside name: String, in index: Int) -> String {
    let inputs = typed.graph.nodes[index].inputs
    return inputs[0] == name ? inputs[1] : inputs[0]
  }

  private func constant(beside name: String, in index: Int) -> Float? {
    number(operand(beside: name, in: index))
  }

  private func producer(of index: Int, _ input: Int) -> Int? {
    typed.graph.nodes[index].input(input).flatMap { producers[$0] }
  }

  /// The only node that reads what another gives.
  private func reader(of index: Int) -> Int? {
    let name = value(of: index)
    guard !outputs.contains(name), let readers = consumers[name], readers.count == 1 else { return nil }
    return readers[0]
  }

  /// Notes a pattern, if nothing outside of it reads what is inside.
  private mutating func add(_ nodes: Set<Int>, last: Int, input: String, _ function: Activation.Function) {
    guard typed.facts[input]?.dtype == .float32 else { return }
    for index in nodes where index != last {
      let name = value(of: index)
      guard !outputs.contains(name), consumers[name]?.allSatisfy(nodes.contains) ?? false else { return }
    }
    found[last] = (nodes, input, Activation(function: function))
  }

  // MARK: Rewriting

  private func rewritten() -> TypedGraph {
    if found.isEmpty { return typed }
    let gone = found.values.reduce(into: Set<Int>()) { $0.formUnion($1.nodes) }
    var graph = typed.graph
    graph.nodes = []
    var operators: [(any Operator)?] = []
    for (index, node) in typed.graph.nodes.enumerated() {
      if let pattern = found[index] {
        graph.nodes.append(
          Node(
            name: node.label, type: WrittenOutActivation.type, inputs: [pattern.input],
            outputs: [node.outputs[0]]))
        operators.append(WrittenOutActivation(pattern.activation))
      } else if !gone.contains(index) {
        graph.nodes.append(node)
        operators.append(typed.operators[index])
      }
    }
    return TypedGraph(graph: graph, operators: operators, facts: typed.facts)
  }
}
