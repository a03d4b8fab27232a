import Graph
import Tensor

extension ConvTranspose: Unfoldable {
  public func unfolding(data: Shape, weight: Shape, slot: WeightSlot) throws(Mismatch) -> Unfolding {
    if group != 1 { throw Mismatch("its channels are split into groups") }
    let axes = try axes(data: data, weight: weight)
    let strides = axes.indices.map { index in axes[(index + 1)...].reduce(1) { $0 * $1.input } }
    let positions = Unfolding.positions(axes.map(\.output))
    let kernels = Unfolding.positions(axes.map(\.kernel))
    let (plane, channels) = (data.inner(of: 1), data[1])
    var offsets: [Int32] = []
    offsets.reserveCapacity(positions.count * channels * kernels.count)
    for position in positions {
      // What each tap takes to this position from within a plane; -1 for nothing.
      let sources = kernels.map { kernel in
        var offset = 0
        for (index, axis) in axes.enumerated() {
          guard let source = axis.source(of: position[index], tap: kernel[index]) else { return -1 }
          offset += source * strides[index]
        }
        return offset
      }
      for channel in 0..<channels {
        for source in sources { offsets.append(source < 0 ? -1 : Int32(channel * plane + source)) }
      }
    }
    return Unfolding(
      groups: 1, rows: positions.count, columns: channels * kernels.count, offsets: offsets,
      stride: data.inner(of: 0))
  }
}
