import Graph
import Tensor

extension DepthToSpace: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let shape = try layouts(inputs)[0].shape
    let strides = x.shape.strides
    let plane = strides[1]
    let (row, column, channel) =
      switch mode {
      case .depthFirst: (block * shape[1] * plane, shape[1] * plane, plane)
      case .channelFirst: (block * plane, plane, block * block * plane)
      }
    let parts = Shape([shape[0], shape[1], x.shape[2], block, x.shape[3], block])
    return [
      x.strided(to: parts, strides: [strides[0], channel, strides[2], row, strides[3], column])
        .reshaped(shape)
    ]
  }
}
