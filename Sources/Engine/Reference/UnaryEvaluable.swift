import Graph
import Tensor

/// An operator that is a function of one real number. It is computed in `Double` and rounded once.
public protocol RealFunction: UnaryElementwise, RealEvaluable {
  func value(_ x: Double) -> Double
}

extension RealFunction {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    [try required(inputs, 0).mapped { (x: T) in T(rounding: value(x.real)) }]
  }
}

/// An operator that is a function of one number of any type.
public protocol NumericFunction: UnaryElementwise, NumericEvaluable {
  func value<T: NumericElement>(_ x: T) -> T
}

extension NumericFunction {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    [try required(inputs, 0).mapped { (x: T) in value(x) }]
  }
}
