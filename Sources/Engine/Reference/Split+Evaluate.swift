import Graph
import Tensor

extension Split: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let axis = try axis.axis(ofRank: x.shape.rank)
    let strides = x.shape.strides
    var start = 0
    return try layouts(inputs).map { layout in
      defer { start += layout.shape[axis] }
      return x.strided(to: layout.shape, strides: strides, offset: start * strides[axis])
    }
  }
}
