/// How two operands stretch over a result: runs of neighbouring elements in which each operand moves by 0 or 1.
struct BroadcastRuns {
  struct Start {
    var left: Int
    var right: Int
    var result: Int
  }

  let length: Int
  let leftStep: Int
  let rightStep: Int
  let starts: [Start]
  /// Whether every element of the result has one of its own there.
  let leftIsWhole: Bool
  let rightIsWhole: Bool

  /// - Parameters: sizes in the order in which the elements lie; operands may have less axes.
  init(_ left: [Int], _ right: [Int], over result: [Int]) {
    let rank = result.count
    let (a, b) = (Self.strides(left, rank: rank), Self.strides(right, rank: rank))
    // Axes that move alike are one.
    var axes: [(size: Int, left: Int, right: Int, result: Int)] = []
    var stride = 1
    for axis in result.indices.reversed() where result[axis] != 1 {
      if let last = axes.last, a[axis] == last.left * last.size, b[axis] == last.right * last.size {
        axes[axes.count - 1].size *= result[axis]
      } else {
        axes.append((result[axis], a[axis], b[axis], stride))
      }
      stride *= result[axis]
    }
    let inner = axes.first ?? (1, 1, 1, 1)
    length = inner.size
    (leftStep, rightStep) = (inner.left == 0 ? 0 : 1, inner.right == 0 ? 0 : 1)
    let count = result.reduce(1, *)
    leftIsWhole = left.reduce(1, *) == count
    rightIsWhole = right.reduce(1, *) == count
    var starts = [Start(left: 0, right: 0, result: 0)]
    for axis in axes.dropFirst() {
      starts = (0..<axis.size).flatMap { index in
        starts.map {
          Start(
            left: $0.left + index * axis.left, right: $0.right + index * axis.right,
            result: $0.result + index * axis.result)
        }
      }
    }
    self.starts = count == 0 ? [] : starts
  }

  /// Elements between neighbours, 0 along axes that are stretched.
  private static func strides(_ dims: [Int], rank: Int) -> [Int] {
    var strides = [Int](repeating: 0, count: rank)
    var stride = 1
    for axis in dims.indices.reversed() {
      if dims[axis] != 1 { strides[axis + rank - dims.count] = stride }
      stride *= dims[axis]
    }
    return strides
  }
}
