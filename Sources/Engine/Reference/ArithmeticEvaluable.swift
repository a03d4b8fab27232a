import Graph
import Tensor

/// An operator on pairs of elements of two inputs that stretch to each other.
public protocol ArithmeticEvaluable: BinaryElementwise, NumericEvaluable {
  static func combine<T: NumericElement>(_ left: T, _ right: T) -> T
}

extension ArithmeticEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let shape = outputs[0].shape
    let left = try required(inputs, 0)
    let right = try required(inputs, 1)
    let aligned = Shape(try aligned(right.shape.dims, toRank: left.shape.rank))
    // The innermost axis is the inner loop; a scalar has one of size 1.
    let sizes = shape.dims.isEmpty ? [1] : shape.dims
    let leftStrides = shape.rank == 0 ? [0] : left.shape.strides(broadcastTo: shape)
    let rightStrides = shape.rank == 0 ? [0] : aligned.strides(broadcastTo: shape)
    let inner = sizes.count - 1
    let (leftStep, rightStep) = (leftStrides[inner], rightStrides[inner])
    let walk = StridedWalk(
      sizes: Array(sizes[..<inner]), strides: [Array(leftStrides[..<inner]), Array(rightStrides[..<inner])])
    let length = sizes[inner]
    return left.withElements(of: T.self) { a in
      right.withElements(of: T.self) { b in
        [
          Tensor(of: T.self, shape: shape) { target in
            var index = 0
            walk.visit { offsets in
              var (i, j) = (offsets[0], offsets[1])
              for _ in 0..<length {
                target.initializeElement(at: index, to: Self.combine(a[i], b[j]))
                index += 1
                i += leftStep
                j += rightStep
              }
            }
          }
        ]
      }
    }
  }
}
