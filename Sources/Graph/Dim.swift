/// The size of one axis: a number, a number times named unknowns (`N`, `2·N·sequence`), or not known at all.
public struct Dim: Hashable, Sendable {
  /// nil where nothing is known.
  private var terms: Terms?

  private struct Terms: Hashable, Sendable {
    var coefficient: Int
    var symbols: [String]
  }

  /// A product of more names is no longer followed: a size times itself, time and again, doubles them at each step.
  private static let symbolLimit = 64

  private init(terms: Terms?) { self.terms = terms }

  public static let unknown = Dim(terms: nil)

  public init(_ size: Int) { terms = Terms(coefficient: size, symbols: []) }

  public static func symbol(_ name: String) -> Dim { Dim(terms: Terms(coefficient: 1, symbols: [name])) }

  /// The size, where it is a plain number.
  public var value: Int? {
    guard let terms, terms.symbols.isEmpty || terms.coefficient == 0 else { return nil }
    return terms.coefficient
  }

  /// The product; unknown where it would overflow, or have too many names.
  public static func * (left: Dim, right: Dim) -> Dim {
    if left.value == 1 { return right }
    if right.value == 1 { return left }
    guard let a = left.terms, let b = right.terms else { return .unknown }
    let (product, overflow) = a.coefficient.multipliedReportingOverflow(by: b.coefficient)
    if overflow || a.symbols.count + b.symbols.count > symbolLimit { return .unknown }
    return Dim(terms: Terms(coefficient: product, symbols: (a.symbols + b.symbols).sorted()))
  }

  /// The exact quotient; nil where it is not a whole one or not known.
  public static func / (left: Dim, right: Dim) -> Dim? {
    guard let a = left.terms, let b = right.terms else { return nil }
    let (quotient, overflow) = a.coefficient.dividedReportingOverflow(by: b.coefficient)
    guard !overflow, quotient * b.coefficient == a.coefficient else { return nil }
    var symbols = a.symbols
    for symbol in b.symbols {
      guard let index = symbols.firstIndex(of: symbol) else { return nil }
      symbols.remove(at: index)
    }
    return Dim(terms: Terms(coefficient: quotient, symbols: symbols))
  }

  /// The sum; unknown unless both are numbers or multiples of the same symbols, or where it would overflow.
  public static func + (left: Dim, right: Dim) -> Dim {
    if left.value == 0 { return right }
    if right.value == 0 { return left }
    guard let a = left.terms, let b = right.terms, a.symbols == b.symbols else { return .unknown }
    let (sum, overflow) = a.coefficient.addingReportingOverflow(b.coefficient)
    return overflow ? .unknown : Dim(terms: Terms(coefficient: sum, symbols: a.symbols))
  }

  /// The least and the greatest number that it can be, nil where there is none: names stand for sizes, which are never
  /// below 0.
  private var bounds: (lower: Int?, upper: Int?) {
    guard let terms else { return (nil, nil) }
    if let value { return (value, value) }
    return terms.coefficient > 0 ? (0, nil) : (nil, 0)
  }

  /// Whether it is below another one; nil where that is not known.
  public func isBelow(_ other: Dim) -> Bool? {
    if self != .unknown && self == other { return false }
    if let upper = bounds.upper, let lower = other.bounds.lower, upper < lower { return true }
    if let lower = bounds.lower, let upper = other.bounds.upper, lower >= upper { return false }
    return nil
  }

  /// Whether both are the same number; nil where that is not known.
  public func equals(_ other: Dim) -> Bool? {
    if self != .unknown && self == other { return true }
    if isBelow(other) == true || other.isBelow(self) == true { return false }
    return value != nil && value == other.value ? true : nil
  }

  /// The greater of two; unknown where that depends on what names stand for.
  public static func greater(_ left: Dim, _ right: Dim) -> Dim {
    left.isBelow(right).map { $0 ? right : left } ?? right.isBelow(left).map { $0 ? left : right } ?? .unknown
  }

  /// The lesser of two; unknown where that depends on what names stand for.
  public static func lesser(_ left: Dim, _ right: Dim) -> Dim {
    left.isBelow(right).map { $0 ? left : right } ?? right.isBelow(left).map { $0 ? right : left } ?? .unknown
  }

  /// 1 or 0, as an element of type `bool`; unknown where `truth` is nil.
  public init(_ truth: Bool?) {
    self = truth.map { Dim($0 ? 1 : 0) } ?? .unknown
  }

  /// Whether an element of type `bool` is true, where that is known.
  public var truth: Bool? { value.map { $0 != 0 } }

  /// With numbers in place of some names.
  public func binding(_ sizes: [String: Int]) -> Dim {
    guard let terms else { return self }
    return terms.symbols.reduce(Dim(terms.coefficient)) { product, name in
      product * (sizes[name].map { Dim($0) } ?? .symbol(name))
    }
  }

  /// The names in it.
  public var symbols: [String] { terms?.symbols ?? [] }
}

extension Dim: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
}

extension Dim: CustomStringConvertible {
  public var description: String {
    guard let terms else { return "?" }
    if terms.symbols.isEmpty { return String(terms.coefficient) }
    let names = terms.symbols.joined(separator: "·")
    return terms.coefficient == 1 ? names : "\(terms.coefficient)·\(names)"
  }
}

extension [Dim] {
  /// Number of elements.
  public var product: Dim { reduce(Dim(1), *) }

  /// Whether a value of these sizes has more than 2^40 elements, which no memory holds; names count as 1, and so does 0,
  /// because strides multiply the other sizes.
  var isTooLarge: Bool {
    var product = 1
    for size in self {
      let (next, overflow) = product.multipliedReportingOverflow(by: Swift.max(size.value ?? 1, 1))
      if overflow || next > 1 << 40 { return true }
      product = next
    }
    return false
  }

  /// The sizes, where all are numbers.
  public var sizes: [Int]? {
    var sizes: [Int] = []
    for dim in self {
      guard let value = dim.value else { return nil }
      sizes.append(value)
    }
    return sizes
  }
}
