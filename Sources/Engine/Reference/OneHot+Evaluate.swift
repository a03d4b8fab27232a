import Graph
import Tensor

extension OneHot: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let indices = try required(inputs, 0)
    let values = try required(inputs, 2)
    let shape = try layouts(inputs)[0].shape
    let axis = try axis.axis(ofRank: shape.rank)
    let (depth, inner) = (shape[axis], shape.inner(of: axis))
    let positions = indices.converted(to: .int64).integers ?? []
    return [
      values.moved(to: shape) { source, target, width in
        // The first value is for elsewhere.
        for place in 0..<shape.count { target.copy(width, from: source, at: 0, to: place * width) }
        for (place, index) in positions.enumerated() {
          let position = index < 0 && wraps ? index + depth : index
          guard position >= 0 && position < depth else { continue }
          let row = place / inner * depth + position
          target.copy(width, from: source, at: width, to: (row * inner + place % inner) * width)
        }
      }
    ]
  }
}
