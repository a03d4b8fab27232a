import Graph
import Tensor

extension Tile: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let shape = try layouts(inputs)[0].shape
    if shape.dims.contains(0) { return [Tensor(dtype: x.dtype, shape: shape) { _ in }] }
    // An axis for the copies before each of the input's.
    let parts = zip(shape.dims, x.shape.dims).flatMap { [$0 / $1, $1] }
    return [x.strided(to: Shape(parts), strides: x.shape.strides.flatMap { [0, $0] }).reshaped(shape)]
  }
}
