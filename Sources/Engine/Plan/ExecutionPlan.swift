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
  /// Where a run can be taken up again, where that is asked for, in the order of the steps.
  let checkpoints: [Checkpoint]

  /// - Parameters:
  ///   - typed: a graph whose values all have known sizes, with nothing left to compute before it runs.
  ///   - threads: processor cores for one step.
  ///   - isResumable: whether to look for checkpoints, for which all constants are hashed.
  /// - Throws: `GraphError` or `EngineError`, which name the node.
  init(_ typed: TypedGraph, threads: Int, isResumable: Bool = false) throws {
    // Two threads wait for each other after each step, which takes longer than all of what is small.
    let threads = Self.bytes(typed) < Self.smallest ? 1 : threads
    Library.useThreads(threads)
    self.threads = threads
    let graph = typed.graph
    var plan = Lowering(typed)
    for (name, tensor) in graph.constants { plan.define(name, plan.constant(tensor)) }
    var inputs: [(String, Value)] = []
    for (index, input) in graph.inputs.enumerated() {
      guard let dtype = input.dtype, let sizes = input.dims?.sizes else {
        throw EngineError.input(input.name, reason: "has no known shape")
      }
      let value = Value(dtype: dtype, dims: sizes, order: .plain, place: .input(index))
      plan.define(input.name, value)
      inputs.append((input.name, value))
    }
    var fingerprints = isResumable ? Fingerprints(graph) : nil
    for index in graph.nodes.indices where plan.begin(index) {
      try plan.lower(index)
      if fingerprints != nil { plan.mark(&fingerprints!) }
    }
    outputs = try graph.outputs.map { ($0.name, try plan.plain($0.name, node: "output \($0.name)")) }
    self.inputs = inputs
    steps = plan.steps
    constants = plan.constants
    let kept = outputs.compactMap { if case .slot(let slot) = $0.value.place { slot } else { nil } }
    checkpoints =
      isResumable ? Checkpoints(plan.steps, slots: plan.slots, kept: Set(kept)).found() : []
    arena = Arena(plan.slots, steps: plan.steps, kept: Set(kept))
    scratchByteCount = plan.steps.map(\.step.scratchByteCount).max() ?? 0
    try checkMemory(plan)
  }

  /// Bytes of values and weights below which a second thread is none of use.
  private static let smallest = 1 << 20

  private static func bytes(_ typed: TypedGraph) -> Int {
    let weights = typed.graph.constants.values.reduce(0) { $0 + $1.byteCount }
    return typed.graph.nodes.lazy.flatMap(\.outputs).reduce(weights) { sum, name in
      sum + 4 * (typed.facts[name]?.count ?? 0)
    }
  }

  /// Refuses what the machine cannot hold, and names the node that writes the largest value.
  private func checkMemory(_ plan: Lowering) throws {
    let needed = arena.byteCount + scratchByteCount
    guard needed > MemoryLimit.run else { return }
    let slots = plan.slots
    let large = slots.indices.max { slots[$0].byteCount < slots[$1].byteCount } ?? 0
    let largest = plan.steps.first { $0.slots.contains(large) }
    throw EngineError.unsupported(
      node: largest?.node ?? "",
      reason:
        "the model's values take \(MemoryLimit.text(needed)) at once, most of them here, and this machine has "
        + "\(MemoryLimit.text(MemoryLimit.run)) of memory")
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
}
