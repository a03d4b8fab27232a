import Graph
import Tensor

extension Clip: NumericEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let limits: (lower: Tensor?, upper: Tensor?) =
      switch bounds {
      case .inputs: (optional(inputs, 1), optional(inputs, 2))
      case .attributes(let lower, let upper):
        (lower.map { Tensor(scalar: $0) }, upper.map { Tensor(scalar: $0) })
      }
    let lower = limits.lower?.converted(to: T.dtype).array(of: T.self).first
    let upper = limits.upper?.converted(to: T.dtype).array(of: T.self).first
    return [
      try required(inputs, 0).mapped { (x: T) in
        var x = x
        if let lower, x < lower { x = lower }
        if let upper, x > upper { x = upper }
        return x
      }
    ]
  }
}
