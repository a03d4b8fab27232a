import Graph
import Tensor

extension GroupNormalization: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let (scale, bias) = (
      try required(inputs, 1).array(of: T.self), try required(inputs, 2).array(of: T.self)
    )
    let (perGroup, plane) = (x.shape[1] / groups, x.shape.inner(of: 1))
    let runs = NormalizedRuns<T>(x, runsOf: perGroup * plane, epsilon: epsilon) { run, index in
      let group = run % groups
      let place = scalesGroups ? group : group * perGroup + index / plane
      return (scale[place], bias[place])
    }
    return [runs.normalized]
  }
}
