import Graph
import Tensor

extension Gemm: NumericEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let (a, b) = (try required(inputs, 0), try required(inputs, 1))
    let shape = outputs[0].shape
    let (m, n) = (shape[0], shape[1])
    let k = a.shape[transposesLeft ? 0 : 1]
    let c = optional(inputs, 2)
    let (alpha, beta) = (try factor(alpha, T.self), try factor(beta, T.self))
    return a.withElements(of: T.self) { left in
      b.withElements(of: T.self) { right in
        [
          Tensor(of: T.self, shape: shape) { target in
            target.initialize(repeating: .zero)
            addProduct(
              MatrixView(
                elements: left, rowStride: transposesLeft ? 1 : k, columnStride: transposesLeft ? m : 1),
              MatrixView(
                elements: right, rowStride: transposesRight ? 1 : n, columnStride: transposesRight ? k : 1),
              m: m, n: n, k: k, to: target, at: 0)
            for index in target.indices { target[index] = T.product(target[index], alpha) }
            guard let c else { return }
            c.withElements(of: T.self) { bias in
              var index = 0
              StridedWalk(sizes: shape.dims, strides: [c.shape.strides(broadcastTo: shape)]).visit {
                offsets in
                target[index] = T.sum(target[index], T.product(beta, bias[offsets[0]]))
                index += 1
              }
            }
          }
        ]
      }
    }
  }

  /// A factor as a number of the matrices' type.
  private func factor<T: NumericElement>(_ factor: Float, _ type: T.Type) throws -> T {
    let converted = Tensor(scalar: factor).converted(to: T.dtype)
    guard T.dtype.isFloatingPoint || converted.doubles[0] == Double(factor) else {
      throw Mismatch("\(T.dtype) matrices cannot be multiplied with \(factor)")
    }
    return converted.array(of: T.self)[0]
  }
}
