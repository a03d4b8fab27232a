import Engine

/// Changes a weight column by column, and lets the columns that are still to come make up for each change: the
/// update of Optimal Brain Surgeon in the form that SparseGPT and GPTQ share (Frantar and Alistarh 2023).
///
/// With H = Xᵀ X of the inputs and U the upper Cholesky factor of H⁻¹, a change of column j by e costs the later
/// columns k `e / U[j, j] · U[j, k]`. Those of one block get it at once, the others when the block is done.
struct ColumnSweep {
  /// `[columns, columns]`, upper triangular.
  let factor: [Float]
  let columns: Int
  /// Columns that are changed before the others make up for it.
  var block = 128

  /// - Parameters:
  ///   - products: `Xᵀ X`.
  ///   - damping: what is added to the diagonal, as a share of its mean.
  /// - Returns: nil where the matrix is not positive definite all the same.
  init?(_ products: SymmetricMatrix, damping: Float) {
    var hessian = products
    columns = products.size
    let diagonal = hessian.diagonal
    let mean = diagonal.reduce(0) { $0 + Double($1) } / Double(max(1, columns))
    // Inputs that never carry anything must not make it singular.
    for index in 0..<columns where diagonal[index] == 0 { hessian[index, index] = mean > 0 ? Float(mean) : 1 }
    hessian.addToDiagonal(damping * Float(mean))
    guard let factor = hessian.inverse()?.cholesky() else { return nil }
    self.factor = factor
  }

  func diagonal(_ column: Int) -> Float { factor[column * columns + column] }

  /// - Parameters:
  ///   - matrix: `[rows, columns]`, changed in place.
  ///   - prepare: is told of each block of columns before it is changed, with the matrix as it then is.
  ///   - change: the value to put in place of one; called column by column.
  func run(
    _ matrix: inout [Float], rows: Int, prepare: (Range<Int>, [Float]) -> Void,
    change: (_ row: Int, _ column: Int, _ value: Float) -> Float
  ) {
    for start in stride(from: 0, to: columns, by: block) {
      let block = start..<min(start + self.block, columns)
      prepare(block, matrix)
      var errors = [Float](repeating: 0, count: rows * block.count)
      matrix.withUnsafeMutableBufferPointer { matrix in
        factor.withUnsafeBufferPointer { factor in
          for column in block {
            let pivot = factor[column * columns + column]
            for row in 0..<rows {
              let at = row * columns
              let value = matrix[at + column]
              let changed = change(row, column, value)
              matrix[at + column] = changed
              let error = (value - changed) / pivot
              errors[row * block.count + column - start] = error
              if error == 0 { continue }
              for later in column + 1..<max(block.upperBound, column + 1) {
                matrix[at + later] -= error * factor[column * columns + later]
              }
            }
          }
        }
      }
      MatrixUpdate.subtract(
        from: &matrix, columnsFrom: block.upperBound, width: columns, errors, k: block.count, times: factor,
        rowsFrom: block.lowerBound)
    }
  }
}
