import Graph
import Tensor

extension Gather: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let data = try required(inputs, 0)
    let indices = try required(inputs, 1).integers ?? []
    let axis = try axis.axis(ofRank: data.shape.rank)
    let size = data.shape[axis]
    for index in indices where index < -size || index >= size {
      throw EngineError.input(
        "indices", reason: "\(index) is out of range for axis \(axis) of size \(size) in Gather")
    }
    let shape = try layouts(inputs)[0].shape
    let inner = data.shape.inner(of: axis)
    return [
      data.moved(to: shape) { source, target, width in
        let piece = inner * width
        for block in 0..<data.shape.outer(of: axis) {
          for (k, index) in indices.enumerated() {
            let position = index < 0 ? index + size : index
            target.copy(
              piece, from: source, at: (block * size + position) * piece,
              to: (block * indices.count + k) * piece)
          }
        }
      }
    ]
  }
}
