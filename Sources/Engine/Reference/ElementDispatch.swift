import Graph
import Tensor

/// An operator that is computed alike for all types of numbers; 16-bit ones are computed as `Float`.
public protocol NumericEvaluable: Evaluable {
  /// Whether it is also computed for `bool`, as 0 and 1 in bytes.
  static var takesBool: Bool { get }

  /// Inputs have passed inference; those of 16-bit real types, and the layouts, are already of `T`.
  func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws -> [Tensor]
}

extension NumericEvaluable {
  public static var takesBool: Bool { false }

  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try evaluateNumbers(inputs) }

  /// The same under a name of its own, for those that look at other types first.
  func evaluateNumbers(_ inputs: [Tensor?]) throws -> [Tensor] {
    try evaluateWidened(inputs, takesBool: Self.takesBool) { inputs, outputs in
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

/// An operator that is computed for whole numbers only.
public protocol WholeEvaluable: Evaluable {
  /// Inputs have passed inference.
  func compute<T: WholeElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws -> [Tensor]
}

extension WholeEvaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    try evaluateWidened(inputs) { inputs, outputs in
      switch try required(inputs, 0).dtype {
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

extension Evaluable {
  /// Runs `body` with 16-bit real numbers as `Float`, and rounds what comes out of it. Empty outputs need no
  /// computing.
  fileprivate func evaluateWidened(
    _ inputs: [Tensor?], takesBool: Bool = false, _ body: ([Tensor?], [Layout]) throws -> [Tensor]
  ) throws -> [Tensor] {
    let layouts = try layouts(inputs)
    if layouts.allSatisfy({ $0.shape.dims.contains(0) }) {
      return layouts.map { Tensor(dtype: $0.dtype, shape: $0.shape) { _ in } }
    }
    let widened = inputs.map { $0.map { $0.converted(to: $0.dtype.widened(takesBool)) } }
    let wide = layouts.map { layout in
      var layout = layout
      layout.dtype = layout.dtype.widened(takesBool)
      return layout
    }
    return zip(try body(widened, wide), layouts).map { $0.converted(to: $1.dtype) }
  }
}

extension DType {
  /// The type that it is computed in.
  fileprivate func widened(_ takesBool: Bool) -> DType {
    switch self {
    case .float16, .bfloat16: .float32
    case .bool: takesBool ? .uint8 : self
    default: self
    }
  }
}

extension Tensor {
  /// A tensor of the same shape, element by element.
  func mapped<T: TensorElement, Result: TensorElement>(_ body: (T) -> Result) -> Tensor {
    withElements(of: T.self) { source in
      Tensor(of: Result.self, shape: shape) { target in
        for index in source.indices { target.initializeElement(at: index, to: body(source[index])) }
      }
    }
  }
}
