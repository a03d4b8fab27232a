import Tensor

/// FPGM: the sum of a channel's Euclidean distances to all channels of its layer. What lies near the geometric
/// median can be replaced by the others (He, Liu, Wang, Hu and Yang, "Filter pruning via geometric median for
/// deep convolutional neural networks acceleration", CVPR 2019).
public struct GeometricMedian: ChannelCriterion {
  public static let names = ["fpgm"]

  public init(_ rule: PruningRule) {}

  public var name: String { "FPGM" }

  /// - Complexity: O(n² d) for n channels of d weights.
  public func scores(ofSlicesAlong axis: Int, in weight: RankedWeight) -> [Double] {
    let shape = weight.tensor.shape
    let count = shape[axis]
    let length = count == 0 ? 0 : shape.count / count
    // Each channel's weights side by side, filled up with zeros, so that distances run on vectors.
    let width = (length + 15) / 16
    var rows = [SIMD16<Float>](repeating: .zero, count: count * width)
    var filled = [Int](repeating: 0, count: count)
    let values = weight.tensor.floats
    shape.forEachRun(along: axis) { slice, run in
      for index in run {
        rows[slice * width + filled[slice] / 16][filled[slice] % 16] = values[index]
        filled[slice] += 1
      }
    }
    var sums = [Double](repeating: 0, count: count)
    rows.withUnsafeBufferPointer { rows in
      for one in 0..<count {
        for other in one + 1..<max(count, one + 1) {
          var squares = SIMD16<Float>.zero
          for part in 0..<width {
            let difference = rows[one * width + part] - rows[other * width + part]
            squares += difference * difference
          }
          let distance = Double(squares.sum()).squareRoot()
          sums[one] += distance
          sums[other] += distance
        }
      }
    }
    return sums
  }
}
