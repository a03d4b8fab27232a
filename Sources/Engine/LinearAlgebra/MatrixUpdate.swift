import CLAPACK

/// Updates of a part of a matrix by a product.
public enum MatrixUpdate {
  /// `target[:, first...] -= left · right[top ..< top + k, first...]`.
  ///
  /// - Parameters:
  ///   - target: `[rows, width]`, row-major.
  ///   - left: `[rows, k]`.
  ///   - right: `[width, width]`.
  public static func subtract(
    from target: inout [Float], columnsFrom first: Int, width: Int, _ left: [Float], k: Int,
    times right: [Float], rowsFrom top: Int
  ) {
    let rows = width == 0 ? 0 : target.count / width
    let rest = width - first
    if rest <= 0 || rows == 0 || k == 0 { return }
    precondition(left.count == rows * k && right.count == width * width && top + k <= width)
    target.withUnsafeMutableBufferPointer { target in
      right.withUnsafeBufferPointer { right in
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(rest), Int32(k), -1, left, Int32(k),
          right.baseAddress! + top * width + first, Int32(width), 1, target.baseAddress! + first,
          Int32(width))
      }
    }
  }
}
