import Graph
import Tensor

extension ReduceMean: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let axes = try reduced(inputs.map { $0.map { Facts($0) } }, rank: x.shape.rank) ?? []
    let kept = Shape(x.shape.dims.indices.map { axes.contains($0) ? 1 : x.shape[$0] })
    let count = axes.reduce(1) { $0 * x.shape[$1] }
    var sums = [Double](repeating: 0, count: kept.count)
    x.withElements(of: T.self) { source in
      var index = 0
      StridedWalk(sizes: x.shape.dims, strides: [kept.strides(broadcastTo: x.shape)]).visit { offsets in
        sums[offsets[0]] += Double(source[index])
        index += 1
      }
    }
    return [Tensor(sums.map { T($0 / Double(count)) }, shape: outputs[0].shape)]
  }
}
