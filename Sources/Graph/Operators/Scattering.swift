import Tensor

/// An operator that puts updates into its data at places that indices give.
///
/// Inputs are data, indices and updates; the output is as large as the data.
public protocol Scattering: Operator {
  /// What becomes of an element that an update meets.
  var reduction: ScatterReduction { get }
}

public enum ScatterReduction: String, Hashable, Sendable {
  /// The update takes its place.
  case none
  case add, mul, max, min

  init(_ node: Node) throws(GraphError) {
    let name = try node.string("reduction") ?? "none"
    guard let reduction = Self(rawValue: name) else {
      throw node.invalid("reduction", "is '\(name)', which is none of none, add, mul, max and min")
    }
    self = reduction
  }
}

extension Scattering {
  /// The output's facts, with the types checked.
  func result(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let data = try inputs.required(0)
    try inputs.required(1).require(dtypeIn: [.int64, .int32], "the indices")
    try inputs.required(2).require(dtypeOf: data, "the updates")
    return [Facts(dtype: data.dtype, dims: data.dims)]
  }
}

/// Updates put in one by one: each index is a position along one axis, all other positions are the index's own.
public protocol ElementScattering: Scattering {
  var axis: Int { get }
}

extension ElementScattering {
  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let output = try result(inputs)
    let (data, indices, updates) = (try inputs.required(0), try inputs.required(1), try inputs.required(2))
    try indices.requireIndices(into: data, axis: axis)
    if let rank = indices.rank { try updates.require(rank: rank, "the updates") }
    for (mine, given) in zip(updates.dims ?? [], indices.dims ?? []) where mine.contradicts(given) {
      throw Mismatch(
        "updates (\((updates.dims ?? []).text)) and indices (\((indices.dims ?? []).text)) differ")
    }
    return output
  }

  /// Off the axis, positions of indices and updates are those of the data with the same number.
  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = outputs[0].rank, let own = try? axis.axis(ofRank: rank) else { return [] }
    return [AxisLink.between((1, own), (2, own))]
      + (0..<rank).filter { $0 != own }.flatMap { axis in (0...2).map { .from($0, axis, to: axis) } }
  }
}
