/// Training graphs that each take their part of every batch, on several threads. How many there are decides the bits of
/// the sums, how many threads run them does not.
///
/// Unchecked, because graphs belong to one thread at a time: each is given to one job of a run, and a run ends before
/// the next begins.
public final class TrainingShards: @unchecked Sendable {
  public let graphs: [TrainingGraph]
  public let threads: Int

  /// - Parameters:
  ///   - graphs: at least one, of one graph and the same parameters.
  ///   - threads: processor cores to use.
  public init(_ graphs: [TrainingGraph], threads: Int) {
    precondition(!graphs.isEmpty)
    self.graphs = graphs
    self.threads = max(threads, 1)
  }

  /// Runs `body` with each graph and its number, and waits for all.
  ///
  /// - Throws: what `body` throws with the first graph with which it does.
  public func run(_ body: @escaping @Sendable (Int, TrainingGraph) throws -> Void) throws {
    try ParallelJobs.run(graphs.count, threads: threads) { [self] in try body($0, graphs[$0]) }
  }
}
