import Graph
import Tensor

extension LayerNormalization: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let first = try axis.axis(ofRank: x.shape.rank)
    let scale = try required(inputs, 1).converted(to: T.dtype).array(of: T.self)
    let bias = optional(inputs, 2)?.converted(to: T.dtype).array(of: T.self)
    let runs = NormalizedRuns<T>(x, runsOf: x.shape.dims[first...].reduce(1, *), epsilon: epsilon) {
      (scale[$1], bias?[$1] ?? 0)
    }
    return [
      runs.normalized, Tensor(runs.means, shape: outputs[1].shape),
      Tensor(runs.factors, shape: outputs[2].shape),
    ]
  }
}
