import Graph
import Tensor

extension ConvInteger: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try layouts(inputs)[0].shape
    return [
      try convolution.convolve(
        Int32.self, try required(inputs, 0).centred(optional(inputs, 2)),
        try required(inputs, 1).centred(optional(inputs, 3), axis: 0), bias: nil, to: shape)
    ]
  }
}

extension QLinearConv: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let output = try layouts(inputs)[0]
    let sums = try convolution.convolve(
      Int32.self, try required(inputs, 0).centred(optional(inputs, 2)),
      try required(inputs, 3).centred(optional(inputs, 5), axis: 0),
      bias: optional(inputs, 8)?.array(of: Int32.self), to: output.shape)
    let requantizer = try Requantizer(
      scale: try required(inputs, 6), zeroPoint: try required(inputs, 7), dtype: output.dtype)
    let (data, weights) = (try required(inputs, 1).floats[0], try required(inputs, 4).floats)
    let (channels, plane) = (output.shape[1], output.shape.inner(of: 1))
    return [
      requantizer.quantized(sums) { index in
        data * weights[weights.count == 1 ? 0 : index / plane % channels]
      }
    ]
  }
}

/// How sums of products of integers become 8-bit numbers again.
struct Requantizer {
  private let scale: Float
  private let zeroPoint: Int
  private let dtype: DType
  private let range: ClosedRange<Int>

  init(scale: Tensor, zeroPoint: Tensor, dtype: DType) throws {
    guard let range = dtype.quantizedRange, let zero = zeroPoint.integers?.first,
      let scale = scale.floats.first
    else { throw Mismatch("the output is \(dtype), which is no quantized type") }
    (self.scale, self.zeroPoint, self.dtype, self.range) = (scale, zero, dtype, range)
  }

  /// - Parameters:
  ///   - sums: int32.
  ///   - step: what one is worth in element `index`.
  func quantized(_ sums: Tensor, step: (_ index: Int) -> Float) -> Tensor {
    let (low, high) = (Float(range.lowerBound - zeroPoint), Float(range.upperBound - zeroPoint))
    let integers = sums.array(of: Int32.self).enumerated().map { index, sum in
      let rounded = (Float(sum) * (step(index) / scale)).rounded(.toNearestOrEven)
      return (rounded.isNaN ? 0 : Int(min(max(rounded, low), high))) + zeroPoint
    }
    return Tensor(wrapping: integers, as: dtype, shape: sums.shape)
  }
}

extension Tensor {
  /// 8-bit integers without their zero point, as int32.
  ///
  /// - Parameters:
  ///   - zeroPoint: one number, or one for each position on `axis`; nil for 0.
  func centred(_ zeroPoint: Tensor?, axis: Int = 0) -> Tensor {
    let zeros = zeroPoint?.integers ?? [0]
    let inner = shape.rank == 0 ? 1 : shape.inner(of: axis)
    let size = shape.rank == 0 ? 1 : max(1, shape[axis])
    let values = (integers ?? []).enumerated().map { index, value in
      value - zeros[zeros.count == 1 ? 0 : index / inner % size]
    }
    return Tensor(wrapping: values, as: .int32, shape: shape)
  }
}
