import CLAPACK

/// A symmetric matrix of n by n numbers, row-major, of which the upper triangle counts.
public struct SymmetricMatrix: Sendable, Hashable {
  public let size: Int
  /// `[size, size]`; what lies below the diagonal is not defined until `mirror`.
  public internal(set) var elements: [Float]

  /// Zeros.
  public init(size: Int) {
    self.size = size
    elements = [Float](repeating: 0, count: size * size)
  }

  public subscript(row: Int, column: Int) -> Float {
    get { elements[min(row, column) * size + max(row, column)] }
    set { elements[min(row, column) * size + max(row, column)] = newValue }
  }

  public var diagonal: [Float] { (0..<size).map { elements[$0 * size + $0] } }

  /// Adds `factor · Xᵀ X`.
  ///
  /// - Parameter rows: X, `[count, size]`, row-major.
  public mutating func addGram(of rows: UnsafeBufferPointer<Float>, factor: Float = 1) {
    guard size > 0, rows.count >= size else { return }
    let (n, count) = (Int32(size), Int32(rows.count / size))
    elements.withUnsafeMutableBufferPointer {
      cblas_ssyrk(
        CblasRowMajor, CblasUpper, CblasTrans, n, count, factor, rows.baseAddress, n, 1, $0.baseAddress, n)
    }
  }

  /// Adds a number to every element of the diagonal.
  public mutating func addToDiagonal(_ number: Float) {
    for index in 0..<size { elements[index * size + index] += number }
  }

  /// Rows and columns in another order.
  public func permuted(_ order: [Int]) -> SymmetricMatrix {
    if order.elementsEqual(0..<size) { return self }
    var result = SymmetricMatrix(size: order.count)
    for (row, from) in order.enumerated() {
      for (column, other) in order.enumerated() where column >= row {
        result[row, column] = self[from, other]
      }
    }
    return result
  }

  /// The upper triangle below the diagonal too.
  public mutating func mirror() {
    for row in 0..<size {
      for column in 0..<row { elements[row * size + column] = elements[column * size + row] }
    }
  }

  /// The upper triangular U with `Uᵀ U` = this, zeros below; nil where the matrix is not positive definite.
  public func cholesky() -> [Float]? {
    var result = elements
    let n = Int32(size)
    let info = result.withUnsafeMutableBufferPointer {
      LAPACKE_spotrf(LAPACK_ROW_MAJOR, 0x55, n, $0.baseAddress, max(n, 1))
    }
    guard info == 0 else { return nil }
    for row in 0..<size {
      for column in 0..<row { result[row * size + column] = 0 }
    }
    return result
  }

  /// The inverse; nil where the matrix is not positive definite.
  public func inverse() -> SymmetricMatrix? {
    guard let factor = cholesky() else { return nil }
    var result = self
    result.elements = factor
    let n = Int32(size)
    let info = result.elements.withUnsafeMutableBufferPointer {
      LAPACKE_spotri(LAPACK_ROW_MAJOR, 0x55, n, $0.baseAddress, max(n, 1))
    }
    guard info == 0 else { return nil }
    result.mirror()
    return result
  }

  /// X of `this · X = right`, where the matrix is positive definite; nil where it is not.
  ///
  /// - Parameter right: `[size, columns]`, row-major.
  public func solve(_ right: [Float], columns: Int) -> [Float]? {
    var factor = elements
    var result = right
    let (n, count) = (Int32(size), Int32(columns))
    let info = factor.withUnsafeMutableBufferPointer { factor in
      result.withUnsafeMutableBufferPointer {
        LAPACKE_sposv(
          LAPACK_ROW_MAJOR, 0x55, n, count, factor.baseAddress, max(n, 1), $0.baseAddress, max(count, 1))
      }
    }
    return info == 0 ? result : nil
  }
}
