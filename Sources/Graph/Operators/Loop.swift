import Tensor

/// A graph that is run again and again: a number of times, and for as long as a condition holds.
///
/// Its values go from one round to the next; what it gives beyond them is stacked, one slice a round.
public struct Loop: Operator {
  public static let type: OperatorType = "Loop"

  public let body: InnerGraph
  /// Values that go from round to round.
  public let carried: Int
  /// The node's inputs without those that the body reads from around it.
  public let ownInputs: Int

  /// Loops in loops: each is gone through several times to be typed, so that their number counts as a power.
  package static let mostNested = 4

  public init(_ node: Node, opset: Int) throws(GraphError) {
    body = try InnerGraph(node, attribute: "body")
    if Self.depth(of: body.graph) >= Self.mostNested {
      throw node.invalid("body", "holds loops nested deeper than \(Self.mostNested)")
    }
    ownInputs = node.inputs.count - node.captures.count
    carried = max(ownInputs - 2, 0)
    if body.graph.inputs.count != carried + 2 {
      throw node.invalid("body", "takes \(body.graph.inputs.count) values, but is given \(carried + 2)")
    }
    if body.graph.outputs.count < carried + 1 || node.outputs.count > body.graph.outputs.count - 1 {
      throw node.invalid("body", "gives \(body.graph.outputs.count) values, which does not fit the node")
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    if let trips = inputs.optional(0), ownInputs > 0 {
      try trips.require(dtypeIn: [.int64], "the number of rounds")
      try trips.requireSingle("the number of rounds")
    }
    if let condition = inputs.optional(1), ownInputs > 1 {
      try condition.require(dtypeIn: [.bool], "the condition")
      try condition.requireSingle("the condition")
    }
    var carried = (0..<carried).map { index in
      let facts = inputs.optional(index + 2) ?? .unknown
      return Facts(dtype: facts.dtype, dims: facts.dims)
    }
    // What a round makes of the values may have other sizes, which the next one then gets.
    var after = try outputs(inputs, carried)
    for _ in 0..<3 {
      let common = zip(carried, after).map { $0.common(with: $1) }
      let isSettled = zip(carried, common).allSatisfy { $0.dims == $1.dims && $0.dtype == $1.dtype }
      // Loops in a Loop do this in each of their own: once is not twice where they are nested deeply.
      if isSettled { break }
      carried = common
      after = try outputs(inputs, carried)
    }
    let scanned = after.dropFirst(carried.count).map { facts in
      Facts(dtype: facts.dtype, dims: facts.dims.map { [.unknown] + $0 })
    }
    return carried + scanned
  }

  /// How many loops lie in each other in a graph.
  private static func depth(of graph: Graph) -> Int {
    graph.nodes.reduce(0) { deepest, node in
      let own = node.type == type ? 1 : 0
      return node.graphs.reduce(max(deepest, own)) { max($0, own + depth(of: $1.graph)) }
    }
  }

  /// What a round gives, without the condition.
  private func outputs(_ inputs: [Facts?], _ carried: [Facts]) throws(Mismatch) -> [Facts] {
    let own = [Facts(dtype: .int64, dims: []), Facts(dtype: .bool, dims: [])] + carried
    return Array(try body.outputs(captured: inputs, own: own).dropFirst())
  }

  /// Those of one round, times the rounds where their number is known.
  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    let round = body.macs(captured: inputs, own: own(outputs))
    if round.value == 0 { return 0 }
    guard ownInputs > 0, let trips = inputs.optional(0)?.integers?.first else { return .unknown }
    return round * Dim(max(trips, 0))
  }

  /// Those of the body.
  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    body.weightSlots(captured: inputs, own: own((try? infer(inputs)) ?? []))
  }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] { [] }

  /// What the body is given in any round, from the facts of the node's outputs.
  private func own(_ outputs: [Facts]) -> [Facts] {
    [Facts(dtype: .int64, dims: []), Facts(dtype: .bool, dims: [])]
      + (0..<carried).map { index in
        index < outputs.count ? Facts(dtype: outputs[index].dtype, dims: outputs[index].dims) : .unknown
      }
  }
}
