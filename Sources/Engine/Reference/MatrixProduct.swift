import Tensor

/// A matrix within a buffer: element `(row, column)` is at `offset + row · rowStride + column · columnStride`.
struct MatrixView<T: NumericElement> {
  let elements: UnsafeBufferPointer<T>
  var offset = 0
  let rowStride: Int
  let columnStride: Int

  func rows(_ row: Int) -> Int { offset + row * rowStride }
}

/// Adds `left · right` to the `[m, n]` matrix that begins at `start`.
func addProduct<T: NumericElement>(
  _ left: MatrixView<T>, _ right: MatrixView<T>, m: Int, n: Int, k: Int,
  to target: UnsafeMutableBufferPointer<T>, at start: Int
) {
  for row in 0..<m {
    for inner in 0..<k {
      let factor = left.elements[left.rows(row) + inner * left.columnStride]
      var source = right.rows(inner)
      for column in start + row * n..<start + (row + 1) * n {
        target[column] = T.sum(target[column], T.product(factor, right.elements[source]))
        source += right.columnStride
      }
    }
  }
}
