import Graph
import Tensor

extension Gemm: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let (a, b) = (try required(inputs, 0), try required(inputs, 1))
    let shape = outputs[0].shape
    let (m, n) = (shape[0], shape[1])
    let k = a.shape[transposesLeft ? 0 : 1]
    let c = optional(inputs, 2)
    return a.withElements(of: T.self) { left in
      b.withElements(of: T.self) { right in
        [
          Tensor(of: T.self, shape: shape) { target in
            target.initialize(repeating: 0)
            addProduct(
              MatrixView(
                elements: left, rowStride: transposesLeft ? 1 : k, columnStride: transposesLeft ? m : 1),
              MatrixView(
                elements: right, rowStride: transposesRight ? 1 : n, columnStride: transposesRight ? k : 1),
              m: m, n: n, k: k, to: target, at: 0)
            let alpha = T(alpha)
            if alpha != 1 { for index in target.indices { target[index] *= alpha } }
            guard let c else { return }
            let beta = T(beta)
            c.withElements(of: T.self) { bias in
              var index = 0
              StridedWalk(sizes: shape.dims, strides: [c.shape.strides(broadcastTo: shape)]).visit {
                offsets in
                target[index] += beta * bias[offsets[0]]
                index += 1
              }
            }
          }
        ]
      }
    }
  }
}
