import Foundation
import Tensor

/// Where a tensor is not what it should be.
struct Difference: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }

  /// Compares as ONNX's own test runner does: real numbers to 1e-3 of the expected one and 1e-7, others exactly.
  static func check(
    _ tensor: Tensor, against expected: Tensor, name: String, relative: Double = 1e-3, absolute: Double = 1e-7
  ) throws {
    guard tensor.dtype == expected.dtype else {
      throw Difference("'\(name)' is \(tensor.dtype) instead of \(expected.dtype)")
    }
    guard tensor.shape == expected.shape else {
      throw Difference("'\(name)' has shape \(tensor.shape) instead of \(expected.shape)")
    }
    if !tensor.dtype.isFloatingPoint {
      guard tensor.integers == expected.integers else { throw Difference("'\(name)' has other elements") }
      return
    }
    // Bfloat16 has 8 bits, and the cases' own conversion to it cuts off the others instead of rounding.
    let relative = expected.dtype == .bfloat16 ? 0x1p-7 : relative
    for (index, (value, wanted)) in zip(tensor.doubles, expected.doubles).enumerated() {
      if value == wanted || (value.isNaN && wanted.isNaN) { continue }
      guard abs(value - wanted) <= absolute + relative * abs(wanted) else {
        throw Difference("'\(name)' has \(value) instead of \(wanted) at \(index)")
      }
    }
  }
}
