import Graph
import Tensor

extension FastGelu: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let bias = optional(inputs, 1) ?? Tensor(scalar: T.zero)
    return [
      Tensor.combined(x, bias, to: outputs[0].shape) { (x: T, bias: T) in
        T(rounding: Gelu.approximated(x.real + bias.real))
      }
    ]
  }
}
