import Graph
import Tensor

extension QuantizationGranularity {
  /// Runs of neighbouring elements that share a scale, with the scale's index, in order.
  package func forEachRun(_ shape: Shape, _ body: (Range<Int>, Int) -> Void) {
    switch self {
    case .tensor: body(0..<shape.count, 0)
    case .axis(let axis):
      let (size, inner) = (shape[axis], shape.inner(of: axis))
      for row in 0..<shape.outer(of: axis) * size { body(row * inner..<(row + 1) * inner, row % size) }
    case .block(let axis, let block):
      let (size, inner) = (shape[axis], shape.inner(of: axis))
      let blocks = size / block + (size % block == 0 ? 0 : 1)
      for row in 0..<shape.outer(of: axis) * size {
        let first = (row / size * blocks + row % size / block) * inner
        for column in 0..<inner { body(row * inner + column..<row * inner + column + 1, first + column) }
      }
    }
  }
}

extension QuantizationLayout {
  func granularity(data: Tensor, scale: Tensor) throws -> QuantizationGranularity {
    guard let granularity = try granularity(data: Facts(data), scale: Facts(scale)) else {
      throw Mismatch("the scale does not fit the data")
    }
    return granularity
  }
}

extension DType {
  /// The numbers that a quantized type holds.
  package var quantizedRange: ClosedRange<Int>? {
    switch self {
    case .uint4: 0...15
    case .int4: -8...7
    case .uint8: 0...255
    case .int8: -128...127
    case .uint16: 0...65_535
    case .int16: -32_768...32_767
    default: nil
    }
  }
}
