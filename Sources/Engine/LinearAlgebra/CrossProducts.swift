import CLAPACK

/// Sums of the products of the columns of two matrices, `Xᵀ Y`, row-major.
public struct CrossProducts: Sendable {
  public let rows: Int
  public let columns: Int
  private var elements: [Float]

  /// Zeros.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    elements = [Float](repeating: 0, count: rows * columns)
  }

  public var isFinite: Bool { elements.allSatisfy(\.isFinite) }

  public subscript(row: Int, column: Int) -> Float {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  /// Adds `Xᵀ Y`.
  ///
  /// - Parameters:
  ///   - left: X, `[count, rows]`.
  ///   - right: Y, `[count, columns]`.
  public mutating func add(_ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>) {
    guard rows > 0, columns > 0 else { return }
    let count = min(left.count / rows, right.count / columns)
    if count == 0 { return }
    elements.withUnsafeMutableBufferPointer {
      cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, Int32(rows), Int32(columns), Int32(count), 1,
        left.baseAddress,
        Int32(rows), right.baseAddress, Int32(columns), 1, $0.baseAddress, Int32(columns))
    }
  }
}
