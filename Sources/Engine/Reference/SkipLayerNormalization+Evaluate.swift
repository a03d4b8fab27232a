import Graph
import Tensor

extension SkipLayerNormalization: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let sum = try sum(T.self, inputs)
    let scale = try required(inputs, 2).array(of: T.self)
    let bias = optional(inputs, 3)?.array(of: T.self)
    let runs = NormalizedRuns<T>(sum, runsOf: sum.shape.dims.last ?? 1, epsilon: epsilon) {
      (scale[$1], bias?[$1] ?? 0)
    }
    return [
      runs.normalized, Tensor(runs.means, shape: outputs[1].shape),
      Tensor(runs.factors, shape: outputs[2].shape), sum,
    ]
  }

  private func sum<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?]) throws -> Tensor {
    let (x, skip) = (try required(inputs, 0), try required(inputs, 1))
    let bias = optional(inputs, 4)?.array(of: T.self)
    let values = x.array(of: T.self)
    let last = x.shape.dims.last ?? 1
    return skip.withElements(of: T.self) { other in
      Tensor(of: T.self, shape: x.shape) { target in
        var index = 0
        StridedWalk(sizes: x.shape.dims, strides: [skip.shape.strides(broadcastTo: x.shape)]).visit {
          target.initializeElement(
            at: index, to: values[index] + other[$0[0]] + (bias?[index % last] ?? 0))
          index += 1
        }
      }
    }
  }
}
