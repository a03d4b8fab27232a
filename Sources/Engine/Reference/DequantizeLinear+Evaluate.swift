import Graph
import Tensor

extension DequantizeLinear: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let output = try layouts(inputs)[0]
    let x = try required(inputs, 0)
    let scale = try required(inputs, 1)
    let scales = scale.floats
    let granularity = try layout.granularity(data: x, scale: scale)
    guard let quantized = x.integers else {
      let values = x.floats
      let result = Tensor(of: Float.self, shape: x.shape) { target in
        granularity.forEachRun(x.shape) { run, index in
          for element in run { target.initializeElement(at: element, to: values[element] * scales[index]) }
        }
      }
      return [result.converted(to: output.dtype)]
    }
    let zeroPoints = optional(inputs, 2)?.integers ?? [Int](repeating: 0, count: scales.count)
    let result = Tensor(of: Float.self, shape: x.shape) { target in
      granularity.forEachRun(x.shape) { run, index in
        let (scale, zeroPoint) = (scales[index], zeroPoints[index])
        for element in run {
          target.initializeElement(at: element, to: Float(quantized[element] - zeroPoint) * scale)
        }
      }
    }
    return [result.converted(to: output.dtype)]
  }
}
