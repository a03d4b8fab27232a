import Graph

/// An operator that is an elementwise function, which the step before it can apply to its result.
protocol FusableActivation: Lowerable {
  /// The function; nil where its parameters are not known before the plan runs.
  func activation(_ inputs: [Facts?]) -> Activation?
}

extension FusableActivation {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    guard let activation = activation(plan.facts(of: node)) else { return false }
    return try plan.lowerActivation(activation, node)
  }
}

extension Lowering {
  /// Adds an activation as a step of its own; false where oneDNN has no fast one.
  mutating func lowerActivation(_ activation: Activation, _ node: Node) throws -> Bool {
    guard let name = node.input(0) else { return false }
    var value = try value(name)
    guard value.isFloat, value.storedCount > 0 else { return false }
    let flat = MemoryDescriptor(plain: [value.storedCount])
    let primitive = try Primitive.elementwise(activation, flat, node: node.label)
    guard primitive.isFast else { return false }
    if value.order != .plain && !activation.keepsZero { value = try plain(name, node: node.label) }
    let result = allocateOver(name, value)
    add(
      PrimitiveStep(primitive, [(.source, .value(value)), (.destination, .value(result))]), node: node.label,
      touching: [value, result])
    define(node.outputs[0], result)
    return true
  }
}

extension Relu: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .relu(slope: 0)) }
}

extension LeakyRelu: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .relu(slope: alpha)) }
}

extension Sigmoid: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .sigmoid) }
}

extension Tanh: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .tanh) }
}

extension Lowering {
  /// What is known of a node's inputs.
  func facts(of node: Node) -> [Facts?] {
    node.inputs.map { name in name.isEmpty ? nil : typed.facts[name] ?? .unknown }
  }

  /// Takes in what alone reads `output` and can be done to each element while it is in registers.
  ///
  /// - Parameter order: the result's layout, where values of the same may be added to it.
  /// - Returns: the name of the value that then results, the operations, and the nodes they are of.
  func tail(after output: String, adding order: MemoryOrder? = nil) -> Tail {
    var tail = Tail(output: output)
    while tail.operations.count < Tail.longest, let reader = soleReader(of: tail.output) {
      let operation: PostOp?
      if let op = reader.op as? any FusableActivation, !leadsToQuantization(reader.node, op) {
        operation = op.activation(facts(of: reader.node)).map { .activation($0) }
      } else if reader.op is Add, let order {
        operation = other(than: tail.output, in: reader.node, order: order).map { .add($0) }
      } else {
        operation = nil
      }
      guard let operation else { break }
      tail.operations.append(operation)
      tail.nodes.append(reader.index)
      tail.output = reader.node.outputs[0]
    }
    return tail
  }

  /// The other summand, where it is there already, as large, and in this layout.
  private func other(than name: String, in node: Node, order: MemoryOrder) -> Value? {
    guard let other = node.inputs.first(where: { $0 != name }), let value = values[other], value.isFloat,
      value.order == order, let dims = try? dims(name), value.dims == dims
    else { return nil }
    return value
  }

  /// Says that the step of the node at hand does a tail's work too.
  mutating func absorb(_ tail: Tail) { for index in tail.nodes { absorb(index) } }

  /// A Clip before a quantizer belongs to it: it is the clamp of a narrow width.
  private func leadsToQuantization(_ node: Node, _ op: any Operator) -> Bool {
    op is Clip && soleReader(of: node.outputs[0])?.op is QuantizeLinear
  }
}

/// Nodes behind a step that it does too.
struct Tail {
  var output: String
  var operations: [PostOp] = []
  var nodes: [Int] = []

  static let longest = 4

  /// The values that are added, as a step's arguments.
  var arguments: [(PrimitiveStep.Role, PrimitiveStep.Operand)] {
    operations.enumerated().compactMap { index, operation in
      if case .add(let value) = operation { (.added(index), .value(value)) } else { nil }
    }
  }

  var added: [Value] { operations.compactMap { if case .add(let value) = $0 { value } else { nil } } }
}
