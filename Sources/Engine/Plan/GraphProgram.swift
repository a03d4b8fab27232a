import Foundation
import Graph
import Tensor

/// A graph that can be run on inputs of any shape: plans are made when they are first needed, and kept.
///
/// Most graphs are one plan. Where a size depends on what is computed, as behind NonZero, the graph is run in stages:
/// each is planned when the values before it are there. What goes from one stage to the next goes as tensors; short
/// lists of integers among them, which may be sizes, axes or conditions, are constants of the next stage.
///
/// Unchecked, because it holds a lock; the mutable state is read and written under it.
public final class GraphProgram: @unchecked Sendable {
  private let graph: Graph
  private let threads: Int
  private let isResumable: Bool
  private let lock = NSLock()
  private var stages: [Stage.Key: Stage] = [:]
  /// Stages kept, which is more than any network has for one shape.
  private static let capacity = 64

  /// - Parameters:
  ///   - threads: processor cores for one step.
  ///   - isResumable: whether runs may be taken up where earlier ones passed.
  public init(_ graph: Graph, threads: Int = 1, isResumable: Bool = false) {
    self.graph = graph
    self.threads = max(threads, 1)
    self.isResumable = isResumable
  }

  /// Plans for inputs of these types and shapes, so that it is done when they come.
  ///
  /// - Throws: `GraphError` or `EngineError`, which name the node or the input.
  public func prepare(_ inputs: [String: (dtype: DType, shape: Shape)]) throws {
    _ = try first(inputs.mapValues { .shape($0.dtype, $0.shape) })
  }

  /// The first stage for inputs of these types and shapes, and for these values.
  ///
  /// - Throws: `GraphError` or `EngineError`, which name the node or the input.
  func first(_ inputs: [String: Stage.Input]) throws -> Stage {
    try stage(Stage.Key(path: [], inputs: inputs), of: graph)
  }

  /// The stage behind another, for the values that this one gave.
  func next(after stage: Stage, _ values: [String: Tensor]) throws -> Stage {
    let inputs = values.mapValues { Stage.Input($0) }
    return try self.stage(
      Stage.Key(path: stage.key.path + [stage.key.inputs], inputs: inputs), of: stage.rest)
  }

  private func stage(_ key: Stage.Key, of graph: Graph) throws -> Stage {
    lock.lock()
    let known = stages[key]
    lock.unlock()
    if let known { return known }
    let stage = try Stage(graph, key: key, threads: threads, isResumable: isResumable)
    lock.lock()
    if stages.count >= Self.capacity { stages.removeAll() }
    stages[key] = stage
    lock.unlock()
    return stage
  }

  /// Runs once, in memory of its own.
  ///
  /// - Parameter inputs: by name.
  /// - Returns: the graph's outputs by name.
  /// - Throws: `EngineError.input` for an input that does not fit, `.cancelled`, or what a step throws.
  public func run(_ inputs: [String: Tensor], isCancelled: () -> Bool = { false }) throws -> [String: Tensor]
  {
    try GraphRun(self).run(inputs, isCancelled: isCancelled)
  }
}
