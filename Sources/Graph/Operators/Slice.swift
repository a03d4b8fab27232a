import Tensor

/// Every so many positions of some axes, from a first one on.
public struct Slice: Operator {
  public static let type: OperatorType = "Slice"

  /// Where the numbers are given.
  public enum Bounds: Hashable, Sendable {
    /// Before opset 10; all axes in order where `axes` is nil.
    case attributes(starts: [Int], ends: [Int], axes: [Int]?)
    /// Inputs 1 to 4: starts, ends, axes, steps.
    case inputs
  }

  public let bounds: Bounds

  public init(_ node: Node, opset: Int) throws(GraphError) {
    if opset >= 10 {
      bounds = .inputs
    } else {
      guard let starts = try node.ints("starts") else { throw node.invalid("starts", "is missing") }
      guard let ends = try node.ints("ends") else { throw node.invalid("ends", "is missing") }
      bounds = .attributes(starts: starts, ends: ends, axes: try node.ints("axes"))
    }
  }

  /// What is taken of an axis.
  public struct Range: Hashable, Sendable {
    public var start: Int
    public var step: Int
    public var count: Int
  }

  /// What is known of the part of one axis.
  enum Part: Hashable {
    case all
    case some(Range)
    case unknown
  }

  /// The ranges of all axes; needs numbers for all of them.
  public func ranges(_ inputs: [Facts?]) throws(Mismatch) -> [Range] {
    let dims = try inputs.required(0).dims ?? []
    var ranges: [Range] = []
    for (part, dim) in zip(try parts(inputs) ?? [], dims) {
      switch part {
      case .all: ranges.append(Range(start: 0, step: 1, count: dim.value ?? 0))
      case .some(let range): ranges.append(range)
      case .unknown: throw Mismatch("starts, ends, axes and steps are not known")
      }
    }
    return ranges
  }

  /// The part of each axis; nil where not even the rank is known.
  func parts(_ inputs: [Facts?]) throws(Mismatch) -> [Part]? {
    let given = try given(inputs)
    guard let dims = try inputs.required(0).dims else { return nil }
    guard let given else { return dims.map { _ in .unknown } }
    var parts = [Part](repeating: .all, count: dims.count)
    var seen: Set<Int> = []
    for each in given {
      let axis = try each.axis.axis(ofRank: dims.count)
      guard seen.insert(axis).inserted else { throw Mismatch("axis \(axis) is given twice") }
      parts[axis] = Self.part(of: dims[axis], each)
    }
    return parts
  }

  /// What is asked of one axis.
  struct Wish {
    var axis: Int
    var start: Dim
    var end: Dim
    /// nil where it is not known.
    var step: Int?
  }

  /// What is asked, axis by axis; nil where the axes are not known.
  func given(_ inputs: [Facts?]) throws(Mismatch) -> [Wish]? {
    if case .attributes(let starts, let ends, let axes) = bounds {
      guard starts.count == ends.count, axes?.count ?? starts.count == starts.count else {
        throw Mismatch("'starts', 'ends' and 'axes' have different lengths")
      }
      return starts.indices.map {
        Wish(axis: axes?[$0] ?? $0, start: Dim(starts[$0]), end: Dim(ends[$0]), step: 1)
      }
    }
    let (starts, ends) = (try inputs.required(1), try inputs.required(2))
    let (axes, steps) = (inputs.optional(3), inputs.optional(4))
    var length: Int?
    for (list, what) in [(starts, "'starts'"), (ends, "'ends'"), (axes, "'axes'"), (steps, "'steps'")] {
      guard let list else { continue }
      try list.require(rank: 1, what)
      try list.require(dtypeIn: [.int32, .int64], what)
      guard let count = list.count else { continue }
      if let length, length != count { throw Mismatch("\(what) has \(count) numbers instead of \(length)") }
      length = count
    }
    let known = steps?.integers
    if known?.contains(0) == true { throw Mismatch("a step is 0") }
    guard let length, length <= 64, axes == nil || axes?.integers?.count == length else { return nil }
    let list = axes?.integers ?? Array(0..<length)
    let unknown = [Dim](repeating: .unknown, count: length)
    let (first, last) = (starts.sizeElements ?? unknown, ends.sizeElements ?? unknown)
    guard first.count == length, last.count == length, known?.count ?? length == length else { return nil }
    return list.indices.map { index in
      Wish(
        axis: list[index], start: first[index], end: last[index], step: steps == nil ? 1 : known?[index])
    }
  }

  private static func part(of dim: Dim, _ wish: Wish) -> Part {
    guard let step = wish.step else { return .unknown }
    if let size = dim.value, let start = wish.start.value, let end = wish.end.value {
      let range = range(of: max(size, 0), from: start, to: end, by: step)
      return range == Range(start: 0, step: 1, count: size) ? .all : .some(range)
    }
    // No axis is as long as exporters' way to say "to the end".
    let reachesEnd = wish.end == dim && dim != .unknown || wish.end.value.map { $0 >= Int(Int32.max) } == true
    return wish.start.value == 0 && step == 1 && reachesEnd ? .all : .unknown
  }

  /// Clamped as the standard says, for a step that is not 0.
  private static func range(of size: Int, from start: Int, to end: Int, by step: Int) -> Range {
    if size == 0 { return Range(start: 0, step: step, count: 0) }
    func place(_ position: Int, _ low: Int, _ high: Int) -> Int {
      min(max(position < 0 ? position + size : position, low), high)
    }
    // Neither can overflow: both are within the axis.
    let first = step > 0 ? place(start, 0, size) : place(start, 0, size - 1)
    let last = step > 0 ? place(end, 0, size) : place(end, -1, size - 1)
    let span = step > 0 ? last - first : first - last
    if span <= 0 { return Range(start: 0, step: step, count: 0) }
    return Range(start: first, step: step, count: (span - 1) / Int(min(step.magnitude, UInt(size))) + 1)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    guard let parts = try parts(inputs), let dims = x.dims else { return [Facts(dtype: x.dtype)] }
    let sizes = zip(dims, parts).map { dim, part -> Dim in
      switch part {
      case .all: dim
      case .some(let range): Dim(range.count)
      case .unknown: .unknown
      }
    }
    let output = Facts(dtype: x.dtype, dims: sizes)
    guard parts.count == 1, let elements = x.elements else { return [output] }
    switch parts[0] {
    case .all: return [output.with(elements: elements)]
    case .unknown: return [output]
    case .some(let range):
      return [output.with(elements: (0..<range.count).map { elements[range.start + $0 * range.step] })]
    }
  }

  /// Where it takes neighbours from a place that is written down or follows by itself, these are the input's.
  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let parts = try? parts(inputs), let dims = inputs.optional(0)?.dims else { return [] }
    let isWritten: Bool
    switch bounds {
    case .attributes: isWritten = true
    case .inputs: isWritten = inputs.optional(1)?.constant != nil && inputs.optional(2)?.constant != nil
    }
    return parts.indices.compactMap { axis in
      switch parts[axis] {
      case .all: return .from(0, axis, to: axis)
      case .unknown: return nil
      case .some(let range):
        let reachesEnd = dims[axis].value == range.start + range.count
        guard range.step == 1, isWritten || range.start == 0 || reachesEnd else { return nil }
        return AxisLink(
          AxisLink.Axis(.output(0), axis), AxisLink.Axis(.input(0), axis), offset: range.start)
      }
    }
  }

  public var selects: Bool { true }
}
