import Tensor

/// All positions of a shape in row-major order, with the offset that each has in several operands.
struct StridedWalk {
  let sizes: [Int]
  /// By operand, then by axis.
  let strides: [[Int]]

  /// - Complexity: linear in the number of positions, with a small constant for each: meant for the axes around
  ///   an inner loop.
  func visit(_ body: (_ offsets: [Int]) throws -> Void) rethrows {
    if sizes.contains(0) { return }
    var position = [Int](repeating: 0, count: sizes.count)
    var offsets = [Int](repeating: 0, count: strides.count)
    while true {
      try body(offsets)
      var axis = sizes.count - 1
      while axis >= 0 {
        position[axis] += 1
        for operand in offsets.indices { offsets[operand] += strides[operand][axis] }
        if position[axis] < sizes[axis] { break }
        for operand in offsets.indices { offsets[operand] -= strides[operand][axis] * sizes[axis] }
        position[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}

extension Shape {
  /// Strides by which this shape is read at each position of `target`, which it stretches to: 0 along the axes
  /// that are stretched.
  func strides(broadcastTo target: Shape) -> [Int] {
    let own = strides
    let shift = target.rank - rank
    return (0..<target.rank).map { $0 < shift || dims[$0 - shift] == 1 ? 0 : own[$0 - shift] }
  }
}
