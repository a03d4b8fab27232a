import Graph
import Tensor

extension QuantizeLinear: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let output = try layouts(inputs)[0]
    let x = try required(inputs, 0)
    let scale = try required(inputs, 1)
    guard let range = output.dtype.quantizedRange else { throw unsupported(output.dtype) }
    let scales = scale.floats
    let zeroPoints = optional(inputs, 2)?.integers ?? [Int](repeating: 0, count: scales.count)
    var quantized = [Int](repeating: 0, count: x.count)
    let values = x.floats
    try layout.granularity(data: x, scale: scale).forEachRun(x.shape) { run, index in
      let (scale, zeroPoint) = (scales[index], zeroPoints[index])
      let (lowest, highest) = (Float(range.lowerBound - zeroPoint), Float(range.upperBound - zeroPoint))
      for element in run {
        let rounded = (values[element] / scale).rounded(.toNearestOrEven)
        quantized[element] = rounded.isNaN ? zeroPoint : Int(min(max(rounded, lowest), highest)) + zeroPoint
      }
    }
    return [Tensor(wrapping: quantized, as: output.dtype, shape: x.shape)]
  }
}
