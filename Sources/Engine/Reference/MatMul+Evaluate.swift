import Graph
import Tensor

extension MatMul: NumericEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let (a, b) = (try required(inputs, 0), try required(inputs, 1))
    // A list is a row on the left and a column on the right.
    let left = a.shape.rank == 1 ? Shape([1] + a.shape.dims) : a.shape
    let right = b.shape.rank == 1 ? Shape(b.shape.dims + [1]) : b.shape
    let (m, k, n) = (left[left.rank - 2], left[left.rank - 1], right[right.rank - 1])
    let batchRank = max(left.rank, right.rank) - 2
    let batch = Shape(Array(outputs[0].shape.dims[..<batchRank]))
    let walk = StridedWalk(
      sizes: batch.dims,
      strides: [
        Shape(left.dims.dropLast(2)).strides(broadcastTo: batch).map { $0 * m * k },
        Shape(right.dims.dropLast(2)).strides(broadcastTo: batch).map { $0 * k * n },
      ])
    return a.withElements(of: T.self) { first in
      b.withElements(of: T.self) { second in
        [
          Tensor(of: T.self, shape: outputs[0].shape) { target in
            target.initialize(repeating: .zero)
            var start = 0
            walk.visit { offsets in
              addProduct(
                MatrixView(elements: first, offset: offsets[0], rowStride: k, columnStride: 1),
                MatrixView(elements: second, offset: offsets[1], rowStride: n, columnStride: 1), m: m, n: n,
                k: k,
                to: target, at: start)
              start += m * n
            }
          }
        ]
      }
    }
  }
}
