import Graph

/// One way to repair a pruned model, node by node in the order of the graph, so that each sees what comes before it
/// repaired.
///
/// One file and one line in `Repairs` for each.
protocol NodeRepair: Sendable {
  /// Nil where the recipe does not ask for it.
  init?(_ repair: Repair)

  /// Repairs one node, if it is one of those that it repairs.
  ///
  /// - Throws: what running the models throws, or `CompressionError`.
  func repair(node: Int, _ work: inout RepairWork) throws
}

/// The repairs that Pare knows, in the order in which they are made at one node.
enum Repairs {
  static let all: [any NodeRepair.Type] = [
    MeanBias.self,
    LeastSquares.self,
    BatchNormStatistics.self,
  ]
}
