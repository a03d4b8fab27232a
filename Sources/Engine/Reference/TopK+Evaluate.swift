import Graph
import Tensor

extension TopK: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let shape = try layouts(inputs)[0].shape
    let axis = try axis.axis(ofRank: shape.rank)
    let (size, inner, count) = (x.shape[axis], x.shape.inner(of: axis), shape[axis])
    let keys = x.orderedKeys
    var starts = [Int](repeating: 0, count: shape.count)
    var positions = [Int64](repeating: 0, count: shape.count)
    for block in 0..<(shape.dims.contains(0) ? 0 : x.shape.outer(of: axis)) {
      for column in 0..<inner {
        let first = block * size * inner + column
        func key(_ position: Int) -> UInt64 { keys[first + position * inner] }
        // Of equal ones those that come first.
        let order = (0..<size).sorted { one, other in
          let (a, b) = (key(one), key(other))
          return a == b ? one < other : takesLargest ? a > b : a < b
        }.prefix(count)
        for (k, position) in (isSorted ? Array(order) : order.sorted()).enumerated() {
          let place = (block * count + k) * inner + column
          starts[place] = first + position * inner
          positions[place] = Int64(position)
        }
      }
    }
    return [x.picked(starts, shape: shape), Tensor(positions, shape: shape)]
  }
}
