import Tensor

/// Writes NumPy's .npy files (version 1.0, row-major, little-endian).
public enum NPYWriter {
  /// Writes one array. Types that NumPy lacks go into the next wider one that holds the same values: bfloat16 and
  /// 8-bit floats as float32, int4 as int8, uint4 as uint8.
  ///
  /// - Throws: `FormatError` that names `path`, in which case nothing is left of the file.
  public static func write(_ tensor: Tensor, to path: String) throws(FormatError) {
    let tensor = tensor.withNumPyType
    try AtomicFile.write(to: path) { (file) throws(FormatError) in
      try file.append(NPYHeader.bytes(dtype: tensor.dtype, shape: tensor.shape))
      try tensor.withRun { (run) throws(FormatError) in try file.append(run) }
    }
  }
}

extension Tensor {
  fileprivate var withNumPyType: Tensor {
    switch dtype {
    case .bfloat16, .float8e4m3fn, .float8e5m2: Tensor(floats, shape: shape)
    case .int4: Tensor((integers ?? []).map { Int8($0) }, shape: shape)
    case .uint4: Tensor((integers ?? []).map { UInt8($0) }, shape: shape)
    default: self
    }
  }
}
