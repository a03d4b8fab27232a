import Tensor

/// Sums and sums of squares of each channel of a value.
struct ChannelMoments: Sendable {
  /// Values of each channel.
  private(set) var count = 0
  private var sums: [Double] = []
  private var squares: [Double] = []

  mutating func add(_ tensor: Tensor, along axis: Int) {
    let channels = tensor.shape[axis]
    if sums.isEmpty {
      sums = [Double](repeating: 0, count: channels)
      squares = sums
    }
    if tensor.count == 0 { return }
    count += tensor.count / channels
    tensor.withElements(of: Float.self) { values in
      tensor.shape.forEachRun(along: axis) { channel, run in
        var (sum, square) = (0.0, 0.0)
        for index in run {
          let value = Double(values[index])
          sum += value
          square += value * value
        }
        sums[channel] += sum
        squares[channel] += square
      }
    }
  }

  var means: [Double] { sums.map { $0 / Double(max(count, 1)) } }

  /// Of all values, not an estimate from a sample of them: divided by their number.
  var variances: [Double] {
    zip(means, squares).map { max(0, $1 / Double(max(count, 1)) - $0 * $0) }
  }
}
