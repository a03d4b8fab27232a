import Graph
import Tensor

extension BinaryElementwise where Self: Evaluable {
  /// What `body` makes of the elements of two inputs that stretch to each other.
  fileprivate func combined<T: TensorElement, Result: TensorElement>(
    _ inputs: [Tensor?], to shape: Shape, _ body: (T, T) -> Result
  ) throws -> [Tensor] {
    let left = try required(inputs, 0)
    let right = try required(inputs, 1)
    let aligned = Shape(try aligned(right.shape.dims, toRank: left.shape.rank))
    return [Tensor.combined(left, right.reshaped(aligned), to: shape, body)]
  }
}

/// An operator on pairs of numbers, which gives one of the same type.
public protocol ArithmeticEvaluable: BinaryElementwise, NumericEvaluable {
  func combine<T: NumericElement>(_ left: T, _ right: T) -> T
}

extension ArithmeticEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    try combined(inputs, to: outputs[0].shape) { (left: T, right: T) in combine(left, right) }
  }
}

/// An operator that says whether something holds of a pair of numbers.
public protocol ComparisonEvaluable: BinaryElementwise, NumericEvaluable {
  static func holds<T: NumericElement>(_ left: T, _ right: T) -> Bool
}

extension ComparisonEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    try combined(inputs, to: outputs[0].shape) { (left: T, right: T) in Self.holds(left, right) }
  }
}

/// An operator on the bits of pairs of whole numbers.
public protocol BitwiseEvaluable: BinaryElementwise, WholeEvaluable {
  func combine<T: WholeElement>(_ left: T, _ right: T) -> T
}

extension BitwiseEvaluable {
  public func compute<T: WholeElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    try combined(inputs, to: outputs[0].shape) { (left: T, right: T) in combine(left, right) }
  }
}

/// An operator on pairs of truths.
public protocol LogicalEvaluable: BinaryElementwise, Evaluable {
  static func combine(_ left: Bool, _ right: Bool) -> Bool
}

extension LogicalEvaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let layout = try layouts(inputs)[0]
    guard layout.dtype == .bool else { throw unsupported(layout.dtype) }
    return try combined(inputs, to: layout.shape) { (left: Bool, right: Bool) in Self.combine(left, right) }
  }
}
