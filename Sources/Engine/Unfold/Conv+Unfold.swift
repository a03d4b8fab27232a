import Graph
import Tensor

extension Conv: Unfoldable {
  public func unfolding(data: Shape, weight: Shape, slot: WeightSlot) throws(Mismatch) -> Unfolding {
    let axes = try axes(data: data, weight: weight)
    let (plane, perGroup) = (data.inner(of: 1), weight[1])
    let strides = axes.indices.map { index in axes[(index + 1)...].reduce(1) { $0 * $1.input } }
    let positions = Unfolding.positions(axes.map(\.output))
    let kernels = Unfolding.positions(axes.map(\.kernel))
    // Where each tap of each window reads, within a plane; -1 for padding.
    let windows = positions.map { position in
      kernels.map { kernel in
        var offset = 0
        for (index, axis) in axes.enumerated() {
          let at = axis.start(position[index]) + kernel[index] * axis.dilation
          if at < 0 || at >= axis.input { return -1 }
          offset += at * strides[index]
        }
        return offset
      }
    }
    var offsets: [Int32] = []
    offsets.reserveCapacity(group * positions.count * perGroup * kernels.count)
    for group in 0..<group {
      for taps in windows {
        for channel in 0..<perGroup {
          let base = (group * perGroup + channel) * plane
          for tap in taps { offsets.append(tap < 0 ? -1 : Int32(base + tap)) }
        }
      }
    }
    return Unfolding(
      groups: group, rows: positions.count, columns: perGroup * kernels.count, offsets: offsets,
      stride: data.inner(of: 0))
  }
}

extension Unfolding {
  /// All positions of a box, the last axis fastest.
  static func positions(_ sizes: [Int]) -> [[Int]] {
    sizes.reduce([[]]) { boxes, size in boxes.flatMap { box in (0..<size).map { box + [$0] } } }
  }
}
