import Graph
import Tensor

extension OneHot: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let indices = try required(inputs, 0)
    let values = try required(inputs, 2)
    let shape = try layouts(inputs)[0].shape
    let axis = try axis.axis(ofRank: shape.rank)
    let (depth, inner) = (shape[axis], shape.inner(of: axis))
    // The first value is for elsewhere.
    var starts = [Int](repeating: 0, count: shape.count)
    for (place, index) in (indices.converted(to: .int64).integers ?? []).enumerated() {
      let position = index < 0 && wraps ? index + depth : index
      if position >= 0 && position < depth {
        starts[(place / inner * depth + position) * inner + place % inner] = 1
      }
    }
    return [values.picked(starts, shape: shape)]
  }
}
