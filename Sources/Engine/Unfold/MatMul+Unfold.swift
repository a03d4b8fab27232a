import Graph
import Tensor

extension MatMul: Unfoldable {
  public func unfolding(data: Shape, weight: Shape, slot: WeightSlot) throws(Mismatch) -> Unfolding {
    if slot.data != 0 { throw Mismatch("its samples do not lie along the first axis") }
    return .rows(of: data)
  }
}

extension Unfolding {
  /// The rows of the last axis as they are.
  static func rows(of data: Shape) -> Unfolding {
    let columns = data.dims.last ?? 1
    let stride = data.rank < 2 ? columns : data.inner(of: 0)
    return Unfolding(
      groups: 1, rows: columns == 0 ? 0 : stride / columns, columns: columns, offsets: nil, stride: stride)
  }
}
