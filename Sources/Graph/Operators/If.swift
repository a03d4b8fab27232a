import Tensor

/// One of two graphs, by a condition.
public struct If: Operator {
  public static let type: OperatorType = "If"

  public let thenBranch: InnerGraph
  public let elseBranch: InnerGraph

  public init(_ node: Node, opset: Int) throws(GraphError) {
    thenBranch = try InnerGraph(node, attribute: "then_branch")
    elseBranch = try InnerGraph(node, attribute: "else_branch")
    for (branch, name) in [(thenBranch, "then_branch"), (elseBranch, "else_branch")] {
      if branch.graph.outputs.count != node.outputs.count {
        throw node.invalid(
          name, "gives \(branch.graph.outputs.count) values, but the node has \(node.outputs.count) outputs")
      }
    }
  }

  /// The branch that is taken, where that is known.
  public func branch(_ inputs: [Facts?]) -> InnerGraph? {
    guard let condition = inputs.optional(0)?.constant, condition.count == 1 else { return nil }
    return Self.isTrue(condition) ? thenBranch : elseBranch
  }

  /// Whether a condition of one element holds.
  public static func isTrue(_ condition: Tensor) -> Bool {
    condition.withUnsafeBytes { $0.first.map { $0 != 0 } ?? false }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let condition = try inputs.required(0)
    try condition.require(dtypeIn: [.bool], "the condition")
    try condition.requireSingle("the condition")
    if let branch = branch(inputs) { return try branch.outputs(captured: inputs) }
    // A branch that does not fit these inputs is one that is not taken with them. Each is tried once: Ifs may be nested.
    let right = try? elseBranch.outputs(captured: inputs)
    let left: [Facts]
    do throws(Mismatch) {
      left = try thenBranch.outputs(captured: inputs)
    } catch {
      guard let right else { throw error }
      return right
    }
    return right.map { zip(left, $0).map { $0.common(with: $1) } } ?? left
  }

  /// Those of both branches.
  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    thenBranch.weightSlots(captured: inputs) + elseBranch.weightSlots(captured: inputs)
  }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] { [] }

  /// Those of the branch that is taken, or else of the one that has more.
  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    if let branch = branch(inputs) { return branch.macs(captured: inputs) }
    let both = [thenBranch.macs(captured: inputs), elseBranch.macs(captured: inputs)]
    if both[0] == both[1] { return both[0] }
    guard let left = both[0].value, let right = both[1].value else { return .unknown }
    return Dim(max(left, right))
  }
}

extension Facts {
  /// What is true of both.
  func common(with other: Facts) -> Facts {
    var dims: [Dim]?
    if let left = self.dims, let right = other.dims, left.count == right.count {
      dims = zip(left, right).map { $0 == $1 ? $0 : .unknown }
    }
    return Facts(dtype: dtype == other.dtype ? dtype : nil, dims: dims)
  }
}
