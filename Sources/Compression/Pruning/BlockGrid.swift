import Graph
import Tensor

/// The whole blocks of `rows` by `columns` in a weight that is seen as a matrix: a row for each output channel,
/// in it all that the channel sums, in the order in which it is stored (`[C, kH, kW]` of a convolution).
///
/// What is left over at the right and lower edge belongs to no block and is never pruned: kernels that gain by
/// blocks want whole ones.
public struct BlockGrid: Sendable {
  public let rows: Int
  public let columns: Int
  /// Blocks above each other and beside each other.
  private let down: Int
  private let across: Int
  private let shape: Shape
  private let axis: Int

  init(rows: Int, columns: Int, layer: Layer) {
    self.rows = rows
    self.columns = columns
    shape = layer.shape
    axis = layer.slot.outputAxis
    let outputs = shape[axis]
    down = outputs / rows
    across = (outputs == 0 ? 0 : shape.count / outputs) / columns
  }

  public var count: Int { down * across }

  /// Calls `body` with the position of every element that is in a block.
  func forEachElement(_ body: (_ block: Int, _ element: Int) -> Void) {
    let inner = shape.inner(of: axis)
    let outputs = shape[axis]
    for row in 0..<down * rows {
      let first = row / rows * across
      for column in 0..<across * columns {
        let element = (column / inner * outputs + row) * inner + column % inner
        body(first + column / columns, element)
      }
    }
  }
}
