import Tensor

/// A network as a person works with it: the graph, what is known of its values, and its layers.
public struct Model: Sendable {
  public let name: String
  /// Where it was read from, if from a file.
  public let path: String?
  public let graph: Graph
  /// The facts of every value for one sample, or for `fixedBatch` samples where the file fixes their number.
  /// What lies behind an unknown operator is unknown.
  public let typed: TypedGraph
  /// In the order of their nodes.
  public let layers: [Layer]
  /// Names of the operators that Pare does not know, each once, in order of appearance.
  public let unsupported: [String]
  /// Number of samples that the graph takes at a time, where its first input fixes it.
  public let fixedBatch: Int?
  public let contentHash: ContentHash

  /// - Throws: `GraphError` where an operator that is known is used wrongly.
  public init(_ graph: Graph, name: String? = nil, path: String? = nil) throws(GraphError) {
    self.graph = graph
    self.name = name ?? graph.name
    self.path = path
    fixedBatch = graph.fixedBatch
    typed = try graph.typedForOneSample()
    layers = typed.layers(samples: fixedBatch ?? 1)
    var seen: Set<OperatorType> = []
    unsupported = graph.allNodes.compactMap { node in
      OperatorRegistry.knows(node.type) || !seen.insert(node.type).inserted ? nil : node.type.description
    }
    contentHash = graph.contentHash
  }

  /// The layer of that name.
  public func layer(_ name: String) -> Layer? { layers.first { $0.name == name } }
}

extension Graph {
  /// Number of samples that the first axis of the first input is fixed to; nil where it is free. Inputs that are a
  /// number alone do not count.
  public var fixedBatch: Int? { sampleAxis?.value }

  /// The first axis of the first input that has axes.
  private var sampleAxis: Dim? { inputs.first { $0.dims?.isEmpty != true }?.dims?.first }

  /// The facts of every value for one sample: the first axis of the first input with axes is taken to be the
  /// samples, and bound to 1 unless the file fixes it. Other names are what `sizes` says, or stay as they are.
  ///
  /// - Throws: `GraphError` where an operator that is known is used wrongly.
  public func typedForOneSample() throws(GraphError) -> TypedGraph {
    var graph = self
    var sizes = sizes
    if let first = sampleAxis {
      for symbol in first.symbols { sizes[symbol] = 1 }
    }
    for index in inputs.indices {
      if let dims = inputs[index].dims, let first = dims.first, first == .unknown {
        graph.inputs[index].dims = [1] + dims.dropFirst()
      }
    }
    return try graph.typed(binding: sizes, lenient: true)
  }
}
