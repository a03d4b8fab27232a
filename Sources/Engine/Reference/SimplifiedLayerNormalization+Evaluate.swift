import Graph
import Tensor

extension SimplifiedLayerNormalization: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let first = try axis.axis(ofRank: x.shape.rank)
    let scale = try required(inputs, 1).converted(to: T.dtype).array(of: T.self)
    let count = x.shape.dims[first...].reduce(1, *)
    let runs = NormalizedRuns<T>(x, runsOf: count, epsilon: epsilon, isCentred: false) { (scale[$1], 0) }
    return [runs.normalized, Tensor(runs.factors, shape: outputs[1].shape)]
  }
}
