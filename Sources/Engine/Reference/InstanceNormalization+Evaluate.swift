import Graph
import Tensor

extension InstanceNormalization: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let (scale, bias) = (
      try required(inputs, 1).array(of: T.self), try required(inputs, 2).array(of: T.self)
    )
    let runs = NormalizedRuns<T>(x, runsOf: x.shape.inner(of: 1), epsilon: epsilon) { run, _ in
      (scale[run % scale.count], bias[run % scale.count])
    }
    return [runs.normalized]
  }
}
