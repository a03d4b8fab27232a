import Graph

/// Counting what a graph costs.
public enum Cost {
  /// Counts a graph as it is.
  ///
  /// - Throws: `GraphError`.
  public static func count(_ graph: Graph) throws -> CostReport { fatalError("not yet") }

  /// Counts a model's graph as it is.
  public static func count(_ model: Model) -> CostReport { fatalError("not yet") }
}
