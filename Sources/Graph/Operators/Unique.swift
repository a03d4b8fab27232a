import Tensor

/// Its elements, or its slices along one axis, each once; with where each came first, which one each element
/// is, and how often it came.
public struct Unique: Operator {
  public static let type: OperatorType = "Unique"

  /// nil for all elements in a row.
  public let axis: Int?
  /// Whether they are in ascending order instead of that in which they come.
  public let isSorted: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axis = try node.int("axis")
    isSorted = try node.bool("sorted", default: true)
  }

  /// Which slices of an axis are the same.
  public struct Classes: Sendable {
    /// The first slice of each class, in the order of the output.
    public var first: [Int] = []
    /// The class of each slice.
    public var inverse: [Int] = []
    public var counts: [Int] = []
  }

  /// The classes of a tensor's slices.
  ///
  /// - Complexity: `n log n` comparisons of slices.
  public func classes(of tensor: Tensor) throws(Mismatch) -> Classes {
    let keys = tensor.orderedKeys
    let axis = try axis.map { axis throws(Mismatch) in try axis.axis(ofRank: tensor.shape.rank) }
    let size = axis.map { tensor.shape[$0] } ?? tensor.count
    let inner = axis.map { tensor.shape.inner(of: $0) } ?? 1
    let outer = axis.map { tensor.shape.outer(of: $0) } ?? 1
    var slices = [[UInt64]](repeating: [], count: size)
    for block in 0..<outer {
      for slice in 0..<size {
        let start = (block * size + slice) * inner
        slices[slice] += keys[start..<start + inner]
      }
    }
    // Equal slices stay in order, so that the first of a class is the first of all.
    let order = slices.indices.sorted { one, other in
      slices[one] == slices[other] ? one < other : slices[one].lexicographicallyPrecedes(slices[other])
    }
    var groups: [[Int]] = []
    for slice in order {
      if let last = groups.last, slices[last[0]] == slices[slice] {
        groups[groups.count - 1].append(slice)
      } else {
        groups.append([slice])
      }
    }
    if !isSorted { groups.sort { $0[0] < $1[0] } }
    var classes = Classes(inverse: [Int](repeating: 0, count: size))
    for (number, group) in groups.enumerated() {
      classes.first.append(group[0])
      classes.counts.append(group.count)
      for slice in group { classes.inverse[slice] = number }
    }
    return classes
  }

  /// How many there are is known of a constant alone.
  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    var count = Dim.unknown
    if let constant = x.constant { count = Dim(try classes(of: constant).first.count) }
    var size = axis == nil ? x.dims?.product ?? .unknown : .unknown
    var dims = axis == nil ? [count] : x.dims
    if let axis, let given = x.dims {
      let own = try axis.axis(ofRank: given.count)
      size = given[own]
      dims?[own] = count
    }
    return [Facts(dtype: x.dtype, dims: dims)]
      + [count, size, count].map { Facts(dtype: .int64, dims: [$0]) }
  }

  public var selects: Bool { true }
}
