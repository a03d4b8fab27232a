import Engine
import Graph
import Tensor

/// What has to be known of a constant to read its elements from an encoding: it stands beside the bytes in every
/// form of storage, the dense one included, and is not counted.
package struct CodeLayout: Hashable, Sendable {
  /// Number of elements.
  package var count: Int
  /// Size of the first axis; 1 for a list.
  package var rows: Int
  /// Bits of one element.
  package var bits: Int
  /// The codes that stand for zero: one for all, or one for each channel or block. Empty where no element does.
  package var zeros: [UInt64] = [0]
  /// Neighbours that share a channel or block.
  package var run = 1

  package var columns: Int { rows == 0 ? 0 : count / rows }

  /// The code for zero at a place.
  package func zero(at index: Int) -> UInt64 {
    switch zeros.count {
    case 0: 0
    case 1: zeros[0]
    default: zeros[index / run % zeros.count]
    }
  }

  /// All elements zero.
  package var blank: [UInt64] { (0..<count).map { zero(at: $0) } }
}

/// The elements of a constant as the bits that are to be stored.
package struct WeightCodes: Hashable, Sendable {
  package var layout: CodeLayout
  /// Of each element, in row-major order.
  package var codes: [UInt64]
  /// Whether the codes are integers or floats of few bits, of which some are more frequent than others.
  package var isQuantized: Bool

  /// Places of the elements that are not zero.
  package var positions: [Int] {
    if layout.zeros.isEmpty { return Array(codes.indices) }
    if layout.zeros.count == 1 {
      let zero = layout.zeros[0]
      return codes.indices.filter { codes[$0] != zero }
    }
    return codes.indices.filter { codes[$0] != layout.zero(at: $0) }
  }

  /// Integers of `bits` bits, 0 for zero unless `zeros` says otherwise.
  package init(integers: [Int], rows: Int = 1, bits: Int, zeros: [Int] = [0], run: Int = 1) {
    let mask = bits >= 64 ? UInt64.max : 1 << UInt64(bits) - 1
    func code(_ integer: Int) -> UInt64 { UInt64(bitPattern: Int64(integer)) & mask }
    codes = integers.map(code)
    layout = CodeLayout(
      count: codes.count, rows: rows, bits: bits, zeros: zeros.map(code), run: max(run, 1))
    isQuantized = true
  }

  /// Floating-point numbers by their bits. A negative zero is read back as zero.
  package init(_ tensor: Tensor, bits: Int) {
    switch tensor.dtype {
    case .float16, .bfloat16:
      codes = tensor.withUnsafeBytes { $0.bindMemory(to: UInt16.self).map { $0 == 0x8000 ? 0 : UInt64($0) } }
    case .float64:
      codes = tensor.withUnsafeBytes { bytes in
        bytes.bindMemory(to: Double.self).map { $0 == 0 ? 0 : $0.bitPattern }
      }
    case .float8e4m3fn, .float8e5m2:
      codes = tensor.withUnsafeBytes { $0.map { $0 == 0x80 ? 0 : UInt64($0) } }
    default: codes = tensor.floats.map { $0 == 0 ? 0 : UInt64($0.bitPattern) }
    }
    layout = CodeLayout(count: tensor.count, rows: tensor.shape.rowCount, bits: bits)
    isQuantized = tensor.dtype.float8 != nil
  }

  /// A quantized constant by the nodes that say what its integers stand for.
  init(_ tensor: Tensor, bits: Int, reading: WeightQuantization.Reading) {
    let integers = tensor.integers ?? []
    var zeros: [Int] = []
    var run = 1
    if let found = reading.zeros(in: tensor) {
      zeros = found.values
      switch found.granularity {
      case .tensor: break
      case .axis(let axis): run = tensor.shape.inner(of: axis)
      case .block(let axis, let size)
      where tensor.shape.inner(of: axis) == 1 && tensor.shape[axis] % size == 0:
        run = size
      case .block:
        // Blocks lie between each other: one for each element.
        zeros = [Int](repeating: 0, count: tensor.count)
        found.granularity.forEachRun(tensor.shape) { run, place in
          for index in run { zeros[index] = found.values[place] }
        }
      }
    }
    self.init(integers: integers, rows: tensor.shape.rowCount, bits: bits, zeros: zeros, run: run)
  }
}

extension Shape {
  fileprivate var rowCount: Int { rank < 2 ? 1 : dims[0] }
}
