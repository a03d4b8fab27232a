import Foundation
import Tensor

/// An element type that can be added, multiplied and compared. Whole numbers wrap around, and nothing traps.
public protocol NumericElement: TensorElement, Numeric, Comparable {
  /// What many of them are summed in.
  associatedtype Wide: NumericElement

  static func sum(_ left: Self, _ right: Self) -> Self
  static func difference(_ left: Self, _ right: Self) -> Self
  static func product(_ left: Self, _ right: Self) -> Self
  static func quotient(_ left: Self, _ right: Self) -> Self
  /// What a division leaves, with the dividend's sign.
  static func remainder(_ left: Self, _ right: Self) -> Self
  static func power(_ base: Self, _ exponent: Double) -> Self
  static func negative(_ x: Self) -> Self
  /// Below every other: where a maximum starts.
  static var lowest: Self { get }
  /// Above every other.
  static var highest: Self { get }

  var wide: Wide { get }
  init(narrowing wide: Wide)
  var real: Double { get }
  /// The nearest number; a whole one without the fraction, at most the last there is, and 0 for NaN.
  init(rounding real: Double)
}

/// An element type for real numbers.
public protocol RealElement: NumericElement, BinaryFloatingPoint {}

/// An element type for whole numbers.
public protocol WholeElement: NumericElement, FixedWidthInteger {}

extension NumericElement {
  /// The greater of two, and NaN where one is.
  static func greater(_ left: Self, _ right: Self) -> Self { left > right || left != left ? left : right }

  /// The lesser of two, and NaN where one is.
  static func lesser(_ left: Self, _ right: Self) -> Self { left < right || left != left ? left : right }
}

extension NumericElement where Self: BinaryFloatingPoint {
  public static func sum(_ left: Self, _ right: Self) -> Self { left + right }
  public static func difference(_ left: Self, _ right: Self) -> Self { left - right }
  public static func product(_ left: Self, _ right: Self) -> Self { left * right }
  public static func quotient(_ left: Self, _ right: Self) -> Self { left / right }
  public static func remainder(_ left: Self, _ right: Self) -> Self {
    left.truncatingRemainder(dividingBy: right)
  }
  public static func power(_ base: Self, _ exponent: Double) -> Self {
    Self(rounding: pow(base.real, exponent))
  }
  public static func negative(_ x: Self) -> Self { -x }
  public static var lowest: Self { -.infinity }
  public static var highest: Self { .infinity }
}

extension NumericElement where Self: FixedWidthInteger {
  public static func sum(_ left: Self, _ right: Self) -> Self { left &+ right }
  public static func difference(_ left: Self, _ right: Self) -> Self { left &- right }
  public static func product(_ left: Self, _ right: Self) -> Self { left &* right }
  /// ONNX leaves division by zero open; here it gives 0.
  public static func quotient(_ left: Self, _ right: Self) -> Self {
    right == 0 ? 0 : left.dividedReportingOverflow(by: right).partialValue
  }
  /// ONNX leaves division by zero open; here it leaves 0.
  public static func remainder(_ left: Self, _ right: Self) -> Self {
    right == 0 ? 0 : left.remainderReportingOverflow(dividingBy: right).partialValue
  }
  /// To whole powers that are not negative by multiplying, which wraps around.
  public static func power(_ base: Self, _ exponent: Double) -> Self {
    guard let exponent = UInt64(exactly: exponent) else { return Self(rounding: pow(base.real, exponent)) }
    var (result, square, rest) = (Self(1), base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result &* square }
      square = square &* square
      rest >>= 1
    }
    return result
  }
  public static func negative(_ x: Self) -> Self { 0 &- x }
  public static var lowest: Self { min }
  public static var highest: Self { max }

  public var wide: Self { self }
  public init(narrowing wide: Self) { self = wide }
  public var real: Double { Double(self) }
  public init(rounding real: Double) {
    self = real.isNaN ? 0 : Self(exactly: real.rounded(.towardZero)) ?? (real < 0 ? .min : .max)
  }
}

extension Float: RealElement {
  public var wide: Double { Double(self) }
  public init(narrowing wide: Double) { self = Float(wide) }
  public var real: Double { Double(self) }
  public init(rounding real: Double) { self = Float(real) }
}

extension Double: RealElement {
  public var wide: Double { self }
  public init(narrowing wide: Double) { self = wide }
  public var real: Double { self }
  public init(rounding real: Double) { self = real }
}

extension Int8: WholeElement {}
extension UInt8: WholeElement {}
extension Int16: WholeElement {}
extension UInt16: WholeElement {}
extension Int32: WholeElement {}
extension UInt32: WholeElement {}
extension Int64: WholeElement {}
extension UInt64: WholeElement {}
