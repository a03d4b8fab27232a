import Graph
import Tensor

extension SpaceToDepth: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let shape = try layouts(inputs)[0].shape
    let strides = x.shape.strides
    let parts = Shape([shape[0], block, block, x.shape[1], shape[2], shape[3]])
    return [
      x.strided(
        to: parts,
        strides: [strides[0], strides[2], strides[3], strides[1], strides[2] * block, strides[3] * block]
      ).reshaped(shape)
    ]
  }
}
