import Tensor

extension Tensor {
  /// What `body` makes of the elements of two tensors that stretch to `shape`.
  static func combined<Left: TensorElement, Right: TensorElement, Result: TensorElement>(
    _ left: Tensor, _ right: Tensor, to shape: Shape, _ body: (Left, Right) -> Result
  ) -> Tensor {
    // The innermost axis is the inner loop; a scalar has one of size 1.
    let sizes = shape.dims.isEmpty ? [1] : shape.dims
    let leftStrides = shape.rank == 0 ? [0] : left.shape.strides(broadcastTo: shape)
    let rightStrides = shape.rank == 0 ? [0] : right.shape.strides(broadcastTo: shape)
    let inner = sizes.count - 1
    let (leftStep, rightStep) = (leftStrides[inner], rightStrides[inner])
    let walk = StridedWalk(
      sizes: Array(sizes[..<inner]), strides: [Array(leftStrides[..<inner]), Array(rightStrides[..<inner])])
    let length = sizes[inner]
    return left.withElements(of: Left.self) { a in
      right.withElements(of: Right.self) { b in
        Tensor(of: Result.self, shape: shape) { target in
          var index = 0
          walk.visit { offsets in
            var (i, j) = (offsets[0], offsets[1])
            for _ in 0..<length {
              target.initializeElement(at: index, to: body(a[i], b[j]))
              index += 1
              i += leftStep
              j += rightStep
            }
          }
        }
      }
    }
  }
}
