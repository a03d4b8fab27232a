import Graph
import Tensor

extension DynamicQuantizeLinear: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    _ = try layouts(inputs)
    let x = try required(inputs, 0)
    let values = x.floats
    let form = DynamicRange(values)
    return [
      Tensor(values.map { UInt8(form.quantized($0)) }, shape: x.shape), Tensor(scalar: form.scale),
      Tensor(scalar: UInt8(form.zeroPoint)),
    ]
  }
}

/// Scale and zero point of uint8 for the range of some values, which always takes in 0.
struct DynamicRange {
  let scale: Float
  let zeroPoint: Int

  init(_ values: some Sequence<Float>) {
    var (low, high): (Float, Float) = (0, 0)
    for value in values {
      low = min(low, value)
      high = max(high, value)
    }
    let range = high - low
    scale = range > 0 && range.isFinite ? range / 255 : 1
    let zero = (-low / scale).rounded(.toNearestOrEven)
    zeroPoint = zero.isNaN ? 0 : Int(min(max(zero, 0), 255))
  }

  func quantized(_ x: Float) -> Int {
    let rounded = (x / scale).rounded(.toNearestOrEven)
    return rounded.isNaN ? 0 : min(max(Int(min(max(rounded, -512), 512)) + zeroPoint, 0), 255)
  }

  /// What is left of a value when it was rounded.
  func rounded(_ x: Float) -> Float { Float(quantized(x) - zeroPoint) * scale }
}
