import Foundation
import Graph
import Tensor

/// An element type that can be added, multiplied and compared. Whole numbers wrap around.
public protocol NumericElement: TensorElement, Numeric, Comparable {
  static func sum(_ left: Self, _ right: Self) -> Self
  static func difference(_ left: Self, _ right: Self) -> Self
  static func product(_ left: Self, _ right: Self) -> Self
  static func quotient(_ left: Self, _ right: Self) -> Self
  /// Below every other: where a maximum starts.
  static var lowest: Self { get }
}

/// An element type for real numbers.
public protocol RealElement: NumericElement, BinaryFloatingPoint {
  static func exponential(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  static func errorFunction(_ x: Self) -> Self
}

extension NumericElement where Self: BinaryFloatingPoint {
  public static func sum(_ left: Self, _ right: Self) -> Self { left + right }
  public static func difference(_ left: Self, _ right: Self) -> Self { left - right }
  public static func product(_ left: Self, _ right: Self) -> Self { left * right }
  public static func quotient(_ left: Self, _ right: Self) -> Self { left / right }
  public static var lowest: Self { -.infinity }
}

extension NumericElement where Self: FixedWidthInteger {
  public static func sum(_ left: Self, _ right: Self) -> Self { left &+ right }
  public static func difference(_ left: Self, _ right: Self) -> Self { left &- right }
  public static func product(_ left: Self, _ right: Self) -> Self { left &* right }
  /// ONNX leaves division by zero open; here it gives the dividend.
  public static func quotient(_ left: Self, _ right: Self) -> Self {
    left.dividedReportingOverflow(by: right).partialValue
  }
  public static var lowest: Self { min }
}

extension Float: RealElement {
  public static func exponential(_ x: Float) -> Float { exp(x) }
  public static func hyperbolicTangent(_ x: Float) -> Float { tanh(x) }
  public static func errorFunction(_ x: Float) -> Float { erf(x) }
}

extension Double: RealElement {
  public static func exponential(_ x: Double) -> Double { exp(x) }
  public static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  public static func errorFunction(_ x: Double) -> Double { erf(x) }
}

extension Int8: NumericElement {}
extension UInt8: NumericElement {}
extension Int16: NumericElement {}
extension UInt16: NumericElement {}
extension Int32: NumericElement {}
extension UInt32: NumericElement {}
extension Int64: NumericElement {}
extension UInt64: NumericElement {}

/// An operator that is computed alike for all types of numbers; 16-bit ones are computed as `Float`.
public protocol NumericEvaluable: Evaluable {
  /// Inputs have passed inference; those of 16-bit real types, and the layouts, are already of `T`.
  func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws -> [Tensor]
}

extension NumericEvaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try evaluateNumbers(inputs) }

  /// The same under a name of its own, for those that look at other types first.
  func evaluateNumbers(_ inputs: [Tensor?]) throws -> [Tensor] {
    try evaluateWidened(inputs) { inputs, outputs in
      switch try required(inputs, 0).dtype {
      case .float32: try compute(Float.self, inputs, outputs)
      case .float64: try compute(Double.self, inputs, outputs)
      case .int8: try compute(Int8.self, inputs, outputs)
      case .uint8: try compute(UInt8.self, inputs, outputs)
      case .int16: try compute(Int16.self, inputs, outputs)
      case .uint16: try compute(UInt16.self, inputs, outputs)
      case .int32: try compute(Int32.self, inputs, outputs)
      case .uint32: try compute(UInt32.self, inputs, outputs)
      case .int64: try compute(Int64.self, inputs, outputs)
      case .uint64: try compute(UInt64.self, inputs, outputs)
      case let other: throw unsupported(other)
      }
    }
  }
}

/// An operator that is computed for real numbers only; 16-bit ones are computed as `Float`.
public protocol RealEvaluable: Evaluable {
  /// Inputs have passed inference; those of 16-bit real types, and the layouts, are already of `T`.
  func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws -> [Tensor]
}

extension RealEvaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    try evaluateWidened(inputs) { inputs, outputs in
      switch try required(inputs, 0).dtype {
      case .float32: try compute(Float.self, inputs, outputs)
      case .float64: try compute(Double.self, inputs, outputs)
      case let other: throw unsupported(other)
      }
    }
  }
}

extension Evaluable {
  /// Runs `body` with 16-bit real numbers as `Float`, and rounds what comes out of it. Empty outputs need no
  /// computing.
  fileprivate func evaluateWidened(
    _ inputs: [Tensor?], _ body: ([Tensor?], [Layout]) throws -> [Tensor]
  ) throws -> [Tensor] {
    let layouts = try layouts(inputs)
    if layouts.allSatisfy({ $0.shape.dims.contains(0) }) {
      return layouts.map { Tensor(dtype: $0.dtype, shape: $0.shape) { _ in } }
    }
    let isNarrow = { (dtype: DType) in dtype == .float16 || dtype == .bfloat16 }
    let widened = inputs.map { $0.map { isNarrow($0.dtype) ? $0.converted(to: .float32) : $0 } }
    let wide = layouts.map { layout in
      var layout = layout
      if isNarrow(layout.dtype) { layout.dtype = .float32 }
      return layout
    }
    return zip(try body(widened, wide), layouts).map { $0.converted(to: $1.dtype) }
  }
}

extension Tensor {
  /// A tensor of the same shape, element by element.
  func mapped<T: TensorElement>(_ type: T.Type, _ body: (T) -> T) -> Tensor {
    withElements(of: T.self) { source in
      Tensor(of: T.self, shape: shape) { target in
        for index in source.indices { target.initializeElement(at: index, to: body(source[index])) }
      }
    }
  }
}
