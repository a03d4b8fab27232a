import Graph
import Tensor

extension Where: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let layout = try layouts(inputs)[0]
    let condition = try required(inputs, 0)
    let (x, y) = (try required(inputs, 1), try required(inputs, 2))
    guard layout.dtype.bits >= 8 else { throw unsupported(layout.dtype) }
    let shape = layout.shape
    let strides = [condition, x, y].map { $0.shape.strides(broadcastTo: shape) }
    let size = layout.dtype.bits / 8
    return [
      condition.withElements(of: Bool.self) { isFirst in
        x.withUnsafeBytes { left in
          y.withUnsafeBytes { right in
            Tensor(dtype: layout.dtype, shape: shape) { target in
              var index = 0
              StridedWalk(sizes: shape.dims, strides: strides).visit { offsets in
                let (source, start) = isFirst[offsets[0]] ? (left, offsets[1]) : (right, offsets[2])
                target.copy(size, from: source, at: start * size, to: index * size)
                index += 1
              }
            }
          }
        }
      }
    ]
  }
}
