import Graph
import Tensor

extension EyeLike: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let layout = try layouts(inputs)[0]
    let (rows, columns) = (layout.shape[0], layout.shape[1])
    // Of each element where it is read: one, or nothing for zero.
    var starts = [Int?](repeating: nil, count: rows * columns)
    for row in 0..<rows {
      let (column, overflow) = row.addingReportingOverflow(diagonal)
      if !overflow && column >= 0 && column < columns { starts[row * columns + column] = 0 }
    }
    return [Tensor(scalar: Int64(1)).converted(to: layout.dtype).picked(starts, shape: layout.shape)]
  }
}
