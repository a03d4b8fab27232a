import Tensor

/// What operators ask of their inputs. What is not known passes: it is checked again when it is.
extension Facts {
  func require(rank expected: Int, _ what: String) throws(Mismatch) {
    if let rank, rank != expected { throw Mismatch("\(what) has rank \(rank) instead of \(expected)") }
  }

  func require(minimumRank: Int, _ what: String) throws(Mismatch) {
    if let rank, rank < minimumRank {
      throw Mismatch("\(what) has rank \(rank), but needs at least \(minimumRank)")
    }
  }

  func require(dtypeOf other: Facts, _ what: String) throws(Mismatch) {
    if let dtype, let expected = other.dtype, dtype != expected {
      throw Mismatch("\(what) is \(dtype) where \(expected) is needed")
    }
  }

  func require(dtypeIn allowed: Set<DType>, _ what: String) throws(Mismatch) {
    if let dtype, !allowed.contains(dtype) { throw Mismatch("\(what) cannot be \(dtype)") }
  }

  /// A single element, as a scalar or in a list of one.
  func requireSingle(_ what: String) throws(Mismatch) {
    try require(rankAtMost: 1, what)
    if let count, count != 1 { throw Mismatch("\(what) has \(count) elements instead of 1") }
  }

  func require(rankAtMost maximum: Int, _ what: String) throws(Mismatch) {
    if let rank, rank > maximum {
      throw Mismatch("\(what) has rank \(rank), but at most \(maximum) is allowed")
    }
  }

  /// A list with one element for each position of some axis.
  func require(length: Dim, _ what: String) throws(Mismatch) {
    try require(rank: 1, what)
    if let own = dims?[0], own.contradicts(length) {
      throw Mismatch("\(what) has \(own) elements instead of \(length)")
    }
  }

  /// The elements, with those that are not known as such; nil for what is no short list of integers.
  var sizeElements: [Dim]? {
    if let elements { return elements }
    guard let dims, dims.count <= 1, let count, count <= 64, dtype == .int64 || dtype == .int32 else {
      return nil
    }
    return [Dim](repeating: .unknown, count: max(count, 0))
  }

  /// The sizes that a list of integers gives; nil where not even their number is known.
  func requireSizes(_ what: String) throws(Mismatch) -> [Dim]? {
    try require(rank: 1, what)
    try require(dtypeIn: [.int64, .int32], what)
    let sizes = integers?.map { Dim($0) } ?? sizeElements
    for size in sizes?.compactMap(\.value) ?? [] where size < 0 { throw Mismatch("\(what) has \(size)") }
    return sizes
  }

  /// The single integer of a scalar or a list of one; nil where it is not known.
  func requireInteger(_ what: String) throws(Mismatch) -> Int? {
    try requireSingle(what)
    return integers?.first
  }

  /// The elements, also where they are the whole ones among a short list of real constants.
  var wholeElements: [Dim]? {
    if let elements { return elements }
    guard let constant, constant.dtype.isFloatingPoint, constant.shape.rank <= 1, constant.count <= 64 else {
      return nil
    }
    return constant.doubles.map { number in Int(exactly: number).map { Dim($0) } ?? .unknown }
  }

  /// With the elements that the type holds exactly, unless nothing is known of any, or they are too many to be sizes.
  func with(elements: [Dim]?) -> Facts {
    var facts = self
    if let elements, elements.count > largestList {
      facts.elements = nil
      return facts
    }
    let exact = elements?.map { dtype?.holds($0) == false ? .unknown : $0 }
    facts.elements = exact.flatMap { $0.isEmpty || $0.contains { $0 != .unknown } ? $0 : nil }
    return facts
  }
}

extension DType {
  /// Whether a size is itself in this type: none that is known is rounded or cut. Names are taken to stand for sizes
  /// that a type of 32 bits or more holds.
  fileprivate func holds(_ size: Dim) -> Bool {
    guard let value = size.value else { return bits >= 32 }
    return exactRange.contains(value)
  }

  /// Whole numbers that are all exact in this type.
  private var exactRange: ClosedRange<Int> {
    switch self {
    case .bool: 0...1
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32768...32767
    case .uint16: 0...65535
    case .int32: Int(Int32.min)...Int(Int32.max)
    case .uint32: 0...Int(UInt32.max)
    case .int64: .min ... .max
    case .uint64: 0 ... .max
    case .int4, .uint4, .float8e4m3fn, .float8e5m2: 0...7
    case .float16: -(1 << 11)...1 << 11
    case .bfloat16: -(1 << 8)...1 << 8
    case .float32: -(1 << 24)...1 << 24
    case .float64: -(1 << 53)...1 << 53
    }
  }
}

extension Dim {
  /// Whether both are numbers and differ. Anything else may be equal when the graph runs.
  func contradicts(_ other: Dim) -> Bool {
    guard let value, let otherValue = other.value else { return false }
    return value != otherValue
  }

  /// Of two that must be equal, the one that says more.
  func merged(with other: Dim) -> Dim {
    value != nil || (other.value == nil && self != .unknown) ? self : other
  }

  /// A size that is known to be more than one, or has a name.
  var isProper: Bool { self != .unknown && value != 1 }

  static func - (left: Dim, right: Dim) -> Dim { left + right * Dim(-1) }
}

/// Largest number that an attribute may give for a kernel, stride, dilation or padding: far above any real
/// one, and low enough that products and sums of a few of them fit an `Int`.
let largestExtent = 1 << 31

/// Largest size of an axis that is computed with.
let largestSize = 1 << 40

/// Largest number of sizes in a list that is followed: a list behind itself, time and again, doubles at each step.
let largestList = 1024
