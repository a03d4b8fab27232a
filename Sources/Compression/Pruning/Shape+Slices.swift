import Tensor

extension Shape {
  /// Calls `body` with every run of neighbouring elements that lie in the same slice along `axis`, in
  /// row-major order.
  func forEachRun(along axis: Int, _ body: (_ slice: Int, _ run: Range<Int>) throws -> Void) rethrows {
    let length = inner(of: axis)
    var start = 0
    for _ in 0..<outer(of: axis) {
      for slice in 0..<dims[axis] {
        try body(slice, start..<start + length)
        start += length
      }
    }
  }
}

extension Tensor {
  /// Without the slices at `positions` along `axis`. The element type takes whole bytes.
  func removing(_ positions: [Int], along axis: Int) -> Tensor {
    precondition(dtype.bits % 8 == 0)
    if positions.isEmpty { return self }
    let gone = Set(positions)
    var dims = shape.dims
    dims[axis] -= gone.count
    let size = dtype.bits / 8
    return Tensor(dtype: dtype, shape: Shape(dims)) { target in
      withUnsafeBytes { source in
        var at = 0
        shape.forEachRun(along: axis) { slice, run in
          if gone.contains(slice) { return }
          let bytes = source[run.lowerBound * size..<run.upperBound * size]
          UnsafeMutableRawBufferPointer(rebasing: target[at..<at + bytes.count])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes))
          at += bytes.count
        }
      }
    }
  }

  /// With zeros in the slices at `positions` along `axis`.
  func zeroing(_ positions: [Int], along axis: Int) -> Tensor {
    precondition(dtype.bits % 8 == 0)
    let gone = Set(positions)
    let size = dtype.bits / 8
    return Tensor(dtype: dtype, shape: shape) { target in
      withUnsafeBytes { target.copyMemory(from: $0) }
      shape.forEachRun(along: axis) { slice, run in
        if !gone.contains(slice) { return }
        for index in run.lowerBound * size..<run.upperBound * size { target[index] = 0 }
      }
    }
  }

  /// Elements that are not zero; of a floating-point tensor, not-a-number counts.
  var nonzeroCount: Int {
    // Counted once: a file's pages need not stay for that.
    defer { forget() }
    if dtype == .float32 {
      return withElements(of: Float.self) { values in
        var count: Int32 = 0
        var total = 0
        // In blocks, so that the inner sum stays narrow and runs on vectors.
        for start in stride(from: 0, to: values.count, by: 1 << 16) {
          count = 0
          for index in start..<min(start + 1 << 16, values.count) { count &+= values[index] != 0 ? 1 : 0 }
          total += Int(count)
        }
        return total
      }
    }
    return integers?.count { $0 != 0 } ?? floats.count { $0 != 0 }
  }
}
