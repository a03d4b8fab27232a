import Graph
import Tensor

extension ExecutionPlan {
  /// A plan for these inputs. Short lists of integers among them, which may be shapes or axes, become constants
  /// of the plan: what is computed from them is then known before anything runs.
  ///
  /// - Throws: `GraphError` or `EngineError`, which name the node.
  public init(_ graph: Graph, for inputs: [String: Tensor], threads: Int = 1) throws {
    var graph = graph
    for (name, tensor) in inputs where tensor.shape.rank <= 1 && tensor.count <= 64 && tensor.integers != nil
    {
      guard let index = graph.inputs.firstIndex(where: { $0.name == name }) else { continue }
      try graph.inputs.remove(at: index).check(tensor.dtype, tensor.shape)
      graph.constants[name] = tensor
    }
    try self.init(graph, inputs: inputs.mapValues { ($0.dtype, $0.shape) }, threads: threads)
  }

  /// Runs once, in memory of its own.
  ///
  /// - Parameter inputs: by name, of the types and shapes that the plan is for.
  /// - Returns: the graph's outputs by name.
  /// - Throws: `EngineError.input` for an input that does not fit, `.cancelled`, or what a step throws.
  public func run(_ inputs: [String: Tensor], isCancelled: () -> Bool = { false }) throws -> [String: Tensor]
  {
    let tensors = try self.inputs.map { name, value in
      guard let tensor = inputs[name] else { throw EngineError.input(name, reason: "is not given") }
      guard tensor.dtype == value.dtype && tensor.shape == value.shape else {
        throw EngineError.input(name, reason: "has shape \(tensor.shape), but the plan is for \(value.shape)")
      }
      return tensor
    }
    let workspace = try Workspace(self)
    return try withExtendedLifetime(tensors) {
      try workspace.run(
        tensors.map { tensor in tensor.withUnsafeBytes { $0.baseAddress! } }, isCancelled: isCancelled)
    }
  }
}
