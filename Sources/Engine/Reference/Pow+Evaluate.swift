import Graph
import Tensor

extension Pow: NumericEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let base = try required(inputs, 0)
    let exponent = try required(inputs, 1)
    let aligned = Shape(try aligned(exponent.shape.dims, toRank: base.shape.rank))
    let powers = exponent.converted(to: .float64).reshaped(aligned)
    return [Tensor.combined(base, powers, to: outputs[0].shape) { (x: T, y: Double) in T.power(x, y) }]
  }
}
