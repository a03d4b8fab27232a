import Tensor

/// Its input with other sizes, the values between its own interpolated.
public struct Resize: Operator {
  public static let type: OperatorType = "Resize"

  /// Which inputs give the sizes.
  public struct Inputs: Hashable, Sendable {
    public var region: Int?
    public var scales: Int?
    public var sizes: Int?
  }

  public let resizing: Resizing
  public let inputs: Inputs
  /// What the sizes are multiplied with, where no input gives it.
  public let scales: [Float]?
  /// The axes that the inputs' numbers are for; nil for all.
  public let axes: [Int]?
  public let aspectRatio: Resizing.AspectRatio

  public init(_ node: Node, opset: Int) throws(GraphError) {
    if opset < 11 {
      self.init(early: try Resizing(early: node), scales: nil)
      return
    }
    self.init(
      try Resizing(node), Inputs(region: 1, scales: 2, sizes: 3),
      axes: opset >= 18 ? try node.ints("axes") : nil,
      try node.choice("keep_aspect_ratio_policy", default: .stretch))
  }

  /// As Upsample, and Resize before opset 11, have it.
  ///
  /// - Parameter scales: nil where input 1 gives them.
  init(early resizing: Resizing, scales: [Float]?) {
    self.init(
      resizing, Inputs(region: nil, scales: scales == nil ? 1 : nil, sizes: nil), scales: scales, .stretch)
  }

  private init(
    _ resizing: Resizing, _ inputs: Inputs, scales: [Float]? = nil, axes: [Int]? = nil,
    _ aspectRatio: Resizing.AspectRatio
  ) {
    self.resizing = resizing
    self.inputs = inputs
    self.scales = scales
    self.axes = axes
    self.aspectRatio = aspectRatio
  }

  /// What is known of one axis.
  enum Part {
    case same
    case scaled(Float)
    case sized(Dim)
    case unknown
  }

  /// What each axis becomes, before its size is known.
  func parts(_ given: [Facts?], rank: Int) throws(Mismatch) -> [Part] {
    let order = try chosenAxes(rank: rank)
    func spread(_ known: [Part]?, _ what: String) throws(Mismatch) -> [Part] {
      var parts = [Part](repeating: .same, count: rank)
      if let known, known.count != order.count {
        throw Mismatch("'\(what)' has \(known.count) numbers for \(order.count) axes")
      }
      for (index, axis) in order.enumerated() { parts[axis] = known?[index] ?? .unknown }
      return parts
    }
    func scaled(_ scales: [Float]?) throws(Mismatch) -> [Part] {
      for scale in scales ?? [] where !(scale > 0 && scale.isFinite) { throw Mismatch("a scale is \(scale)") }
      return try spread(scales?.map { .scaled($0) }, "scales")
    }
    if let scales { return try scaled(scales) }
    let scales = inputs.scales.flatMap { given.optional($0) }
    let sizes = inputs.sizes.flatMap { given.optional($0) }
    // Where sizes are given, scales may be an empty list.
    if let scales, sizes == nil || scales.count.map({ $0 > 0 }) == true {
      try scales.require(rank: 1, "'scales'")
      try scales.require(dtypeIn: [.float32], "'scales'")
      return try scaled(scales.constant?.floats)
    }
    guard let sizes else { throw Mismatch("neither scales nor sizes are given") }
    if let scales, scales.count == nil { return try spread(nil, "sizes") }
    return try spread(
      try sizes.requireSizes("'sizes'")?.map { $0 == .unknown ? .unknown : .sized($0) }, "sizes")
  }

  private func chosenAxes(rank: Int) throws(Mismatch) -> [Int] {
    guard let axes else { return Array(0..<rank) }
    _ = try axes.axes(ofRank: rank)
    var order: [Int] = []
    for axis in axes { order.append(try axis.axis(ofRank: rank)) }
    return order
  }

  /// The numbers of every axis; nil where some are not known.
  public func resized(_ given: [Facts?]) throws(Mismatch) -> [Resizing.Axis]? {
    guard let sizes = try given.required(0).sizes else { return nil }
    let parts = try parts(given, rank: sizes.count)
    var common: Float?
    if aspectRatio != .stretch {
      for (part, size) in zip(parts, sizes) {
        guard case .sized(let dim) = part, let wanted = dim.value, size > 0 else { continue }
        let scale = Float(wanted) / Float(size)
        common = common.map { aspectRatio == .notLarger ? min($0, scale) : max($0, scale) } ?? scale
      }
    }
    var axes: [Resizing.Axis] = []
    for (part, size) in zip(parts, sizes) {
      switch part {
      case .unknown: return nil
      case .same: axes.append(.init(input: size, output: size, scale: 1, exactOutput: Double(size)))
      case .scaled(let scale): axes.append(try axis(size, scale: scale, rounding: .down))
      case .sized(let dim):
        guard let wanted = dim.value else { return nil }
        if let common {
          axes.append(try axis(size, scale: common, rounding: .toNearestOrAwayFromZero))
        } else {
          let scale = size == 0 ? 1 : Float(wanted) / Float(size)
          axes.append(.init(input: size, output: wanted, scale: scale, exactOutput: Double(wanted)))
        }
      }
    }
    for axis in axes where axis.input == 0 && axis.output > 0 {
      throw Mismatch("an empty axis cannot be resized to \(axis.output)")
    }
    return resizing.coordinates == .cropAndResize ? try cropped(axes, given) : axes
  }

  private func axis(_ size: Int, scale: Float, rounding: FloatingPointRoundingRule) throws(Mismatch)
    -> Resizing.Axis
  {
    let exact = Float(size) * scale
    guard exact <= Float(largestSize) else { throw Mismatch("an axis of size \(exact) is too large") }
    return .init(
      input: size, output: Int(exact.rounded(rounding)), scale: scale,
      exactOutput: Double(size) * Double(scale))
  }

  private func cropped(_ axes: [Resizing.Axis], _ given: [Facts?]) throws(Mismatch) -> [Resizing.Axis]? {
    let order = try chosenAxes(rank: axes.count)
    guard let facts = inputs.region.flatMap({ given.optional($0) }) else {
      throw Mismatch("'roi' is missing")
    }
    guard let region = facts.constant?.doubles.map({ Float($0) }) else { return nil }
    guard region.count == 2 * order.count else {
      throw Mismatch("'roi' has \(region.count) numbers for \(order.count) axes")
    }
    for place in region where !(abs(place) <= 1e6) { throw Mismatch("'roi' has \(place)") }
    var axes = axes
    for (index, axis) in order.enumerated() {
      (axes[axis].start, axes[axis].end) = (region[index], region[index + order.count])
    }
    return axes
  }

  public func infer(_ given: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try given.required(0)
    guard let dims = x.dims else { return [Facts(dtype: x.dtype)] }
    let parts = try parts(given, rank: dims.count)
    if x.sizes != nil, let axes = try resized(given) {
      return [Facts(dtype: x.dtype, dims: axes.map { Dim($0.output) })]
    }
    let output = zip(dims, parts).map { dim, part -> Dim in
      switch part {
      case .same: return dim
      case .unknown: return .unknown
      case .sized(let size): return aspectRatio == .stretch ? size : .unknown
      case .scaled(let scale):
        if let size = dim.value {
          return (try? axis(size, scale: scale, rounding: .down)).map { Dim($0.output) } ?? .unknown
        }
        guard let factor = Int(exactly: scale), dim != .unknown else { return .unknown }
        return dim * Dim(factor)
      }
    }
    return [Facts(dtype: x.dtype, dims: output)]
  }

  /// The axes that stay as they are.
  public func links(_ given: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let dims = given.optional(0)?.dims, let parts = try? parts(given, rank: dims.count) else {
      return []
    }
    return AxisLink.identity(rank: dims.count).filter { link in
      switch parts[link.from.axis] {
      case .same: return true
      case .unknown: return false
      case .scaled(let scale): return scale == 1 && resizing.coordinates != .cropAndResize
      case .sized(let size):
        return size == dims[link.from.axis] && aspectRatio == .stretch
          && resizing.coordinates != .cropAndResize
      }
    }
  }

  /// Where the nearest value is taken.
  public var selects: Bool {
    if case .nearest = resizing.method { resizing.coordinates != .cropAndResize } else { false }
  }
}
