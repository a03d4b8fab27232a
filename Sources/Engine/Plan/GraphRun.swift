import Graph
import Tensor

/// Runs a program, one run at a time, and keeps the memory for the next.
final class GraphRun {
  private let program: GraphProgram
  private var workspaces: [ObjectIdentifier: (stage: Stage, workspace: Workspace)] = [:]
  private var bodies: [ObjectIdentifier: (program: GraphProgram, run: GraphRun)] = [:]
  /// Stages whose memory is kept.
  private static let capacity = 8

  init(_ program: GraphProgram) { self.program = program }

  /// - Throws: `EngineError.input` for an input that does not fit, `.cancelled`, or what a step throws.
  func run(_ inputs: [String: Tensor], isCancelled: () -> Bool) throws -> [String: Tensor] {
    try run(inputs, as: inputs.mapValues { Stage.Input($0) }, isCancelled: isCancelled)
  }

  /// - Parameters:
  ///   - known: what the plan is to know of the inputs.
  ///   - resuming: what earlier runs left of the first stage, and what this one is to leave.
  func run(
    _ inputs: [String: Tensor], as known: [String: Stage.Input],
    resuming: (Stage) -> Resumption? = { _ in nil },
    isCancelled: () -> Bool
  ) throws -> [String: Tensor] {
    var stage = try program.first(known)
    var values = inputs
    while true {
      let resumption = stage.plan.checkpoints.isEmpty ? nil : resuming(stage)
      values = try results(of: stage, values, resumption, isCancelled)
      if stage.rest.nodes.isEmpty { break }
      values = values.filter { name, _ in stage.rest.inputs.contains { $0.name == name } }
      stage = try program.next(after: stage, values)
    }
    var outputs: [String: Tensor] = [:]
    for output in stage.rest.outputs { outputs[output.name] = values[output.name] }
    return outputs
  }

  /// What a stage's plan and its open nodes give, beside the values that later ones read from before.
  private func results(
    of stage: Stage, _ inputs: [String: Tensor], _ resumption: Resumption?, _ isCancelled: () -> Bool
  ) throws -> [String: Tensor] {
    let tensors = try stage.plan.inputs.map { name, _ in
      guard let tensor = inputs[name] else { throw EngineError.input(name, reason: "is not given") }
      return tensor
    }
    var values = try withExtendedLifetime(tensors) {
      try workspace(of: stage).run(
        tensors.map { tensor in tensor.withUnsafeBytes { $0.baseAddress! } }, resuming: resumption,
        isCancelled: isCancelled)
    }
    if stage.open.isEmpty { return values }
    values.merge(stage.constants) { first, _ in first }
    values.merge(inputs) { first, _ in first }
    for (index, (node, op)) in stage.open.enumerated() {
      if isCancelled() { throw EngineError.cancelled }
      let arguments = node.inputs.map { $0.isEmpty ? nil : values[$0] }
      let results =
        if let body = stage.bodies[index], let loop = op as? Loop {
          try run(loop, body, arguments, isCancelled)
        } else {
          try op.evaluate(arguments, at: node)
        }
      for (name, result) in zip(node.outputs, results) where !name.isEmpty { values[name] = result }
    }
    return values
  }

  /// A Loop, its body planned. The round's number and what goes from round to round are values, so that one plan
  /// serves all rounds.
  private func run(_ loop: Loop, _ body: GraphProgram, _ inputs: [Tensor?], _ isCancelled: () -> Bool) throws
    -> [Tensor]
  {
    let key = ObjectIdentifier(body)
    let run = bodies[key]?.run ?? GraphRun(body)
    bodies[key] = (body, run)
    let own = Set(loop.body.graph.inputs.map(\.name))
    return try loop.run(inputs) { values in
      let known = values.map { name, tensor in
        (name, own.contains(name) ? Stage.Input.shape(tensor.dtype, tensor.shape) : Stage.Input(tensor))
      }
      return try run.run(values, as: Dictionary(uniqueKeysWithValues: known), isCancelled: isCancelled)
    }
  }

  private func workspace(of stage: Stage) throws -> Workspace {
    let key = ObjectIdentifier(stage)
    if let known = workspaces[key] { return known.workspace }
    if workspaces.count >= Self.capacity { workspaces.removeAll() }
    let workspace = try Workspace(stage.plan)
    workspaces[key] = (stage, workspace)
    return workspace
  }
}
