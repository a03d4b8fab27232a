import Graph
import Tensor

/// A graph prepared for inputs of certain shapes: steps in order, weights in the layouts that the steps want,
/// and a layout of the memory between them. Immutable; run it through workspaces.
public struct ExecutionPlan: Sendable {
  let steps: [Lowering.PlannedStep]
  let constants: [Tensor]
  let arena: Arena
  let scratchByteCount: Int
  let inputs: [(name: String, value: Value)]
  let outputs: [(name: String, value: Value)]
  /// Threads that oneDNN uses for one step.
  let threads: Int

  /// - Parameters:
  ///   - inputs: type and shape of every input that the graph declares.
  ///   - threads: processor cores for one step.
  /// - Throws: `GraphError` or `EngineError`, which name the node.
  public init(_ graph: Graph, inputs specifications: [String: (dtype: DType, shape: Shape)], threads: Int = 1)
    throws
  {
    Library.useThreads(threads)
    self.threads = threads
    var graph = graph
    for index in graph.inputs.indices {
      let name = graph.inputs[index].name
      guard let given = specifications[name] else { throw EngineError.input(name, reason: "is not given") }
      try graph.inputs[index].check(given.dtype, given.shape)
      graph.inputs[index].dims = given.shape.dims.map { Dim($0) }
      graph.inputs[index].dtype = given.dtype
    }
    let typed = try graph.typed()
    var plan = Lowering(typed)
    for (name, tensor) in graph.constants { plan.define(name, plan.constant(tensor)) }
    var inputs: [(String, Value)] = []
    for (index, input) in graph.inputs.enumerated() {
      let (dtype, shape) = specifications[input.name]!
      let value = Value(dtype: dtype, dims: shape.dims, order: .plain, place: .input(index))
      plan.define(input.name, value)
      inputs.append((input.name, value))
    }
    for index in graph.nodes.indices where plan.begin(index) {
      try plan.lower(index)
    }
    outputs = try graph.outputs.map { ($0.name, try plan.plain($0.name, node: "output \($0.name)")) }
    self.inputs = inputs
    steps = plan.steps
    constants = plan.constants
    let kept = outputs.compactMap { if case .slot(let slot) = $0.value.place { slot } else { nil } }
    arena = Arena(plan.slots, steps: plan.steps, kept: Set(kept))
    scratchByteCount = plan.steps.map(\.step.scratchByteCount).max() ?? 0
  }
}

extension Lowering {
  /// Adds the steps of node `index`: none where all is known already, the fast form where there is one, or the
  /// plain definition.
  fileprivate mutating func lower(_ index: Int) throws {
    let node = typed.graph.nodes[index]
    guard let op = typed.operators[index] else {
      throw GraphError.unknownOperator(node: node.label, type: node.type)
    }
    if try fold(node, op) { return }
    if let lowerable = op as? any Lowerable, try lowerable.lower(node, into: &self) { return }
    guard let evaluable = op as? any Evaluable else {
      throw EngineError.unsupported(node: node.label, reason: "operator \(node.type) cannot be computed")
    }
    let arguments = try node.inputs.map { $0.isEmpty ? nil : try plain($0, node: node.label) }
    let results = try node.outputs.map { name -> Value? in
      if name.isEmpty { return nil }
      let value = allocate(try dims(name), dtype: typed.facts[name]?.dtype ?? .float32)
      define(name, value)
      return value
    }
    add(
      ReferenceStep(node: node.label, op: evaluable, inputs: arguments, outputs: results), node: node.label,
      touching: (arguments + results).compactMap { $0 })
  }

  /// Computes now what depends on constants alone.
  private mutating func fold(_ node: Node, _ op: any Operator) throws -> Bool {
    let known = node.outputs.map { name -> Tensor? in
      guard let facts = typed.facts[name] else { return nil }
      if let constant = facts.constant { return constant }
      guard let elements = facts.integers, let sizes = facts.sizes, facts.dtype == .int64 else { return nil }
      return Tensor(elements.map { Int64($0) }, shape: Shape(sizes))
    }
    if !known.contains(where: { $0 == nil }) {
      for (name, tensor) in zip(node.outputs, known) { define(name, constant(tensor!)) }
      return true
    }
    let arguments = node.inputs.map { $0.isEmpty ? nil : tensor($0) }
    guard zip(node.inputs, arguments).allSatisfy({ $0.isEmpty || $1 != nil }) else { return false }
    guard let evaluable = op as? any Evaluable else { return false }
    for (name, result) in zip(node.outputs, try evaluable.evaluate(arguments)) {
      define(name, constant(result))
    }
    return true
  }
}

extension ValueInfo {
  /// Throws unless a given type and shape fit what the graph declares.
  func check(_ dtype: DType, _ shape: Shape) throws(EngineError) {
    if let declared = self.dtype, declared != dtype {
      throw .input(name, reason: "is \(dtype), but the model takes \(declared)")
    }
    if let dims {
      let fits =
        dims.count == shape.rank && zip(dims, shape.dims).allSatisfy { $0.value == nil || $0.value == $1 }
      guard fits else {
        let wanted = dims.map(\.description).joined(separator: "·")
        throw .input(name, reason: "has shape \(shape), but the model takes \(wanted)")
      }
    }
  }
}
