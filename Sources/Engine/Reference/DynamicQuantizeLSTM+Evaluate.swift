import Graph
import Tensor

extension DynamicQuantizeLSTM: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let layouts = try layouts(inputs)
    if layouts.allSatisfy({ $0.shape.dims.contains(0) }) {
      return layouts.map { Tensor(dtype: $0.dtype, shape: $0.shape) { _ in } }
    }
    var real = inputs
    for index in [1, 2] {
      real[index] = try weight(inputs, index)
    }
    return try lstm.run(Float.self, real, layouts) { values in
      let range = DynamicRange(values)
      return values.map { range.rounded($0) }
    }
  }

  /// A weight as real numbers, `[D, 4·H, ...]`.
  private func weight(_ inputs: [Tensor?], _ index: Int) throws -> Tensor {
    let tensor = try required(inputs, index)
    let (scales, zeroPoints) = (
      try required(inputs, 6 + 2 * index).floats, try required(inputs, 7 + 2 * index).integers ?? []
    )
    let (directions, inner, rows) = (tensor.shape[0], tensor.shape[1], tensor.shape[2])
    let values = tensor.integers ?? []
    let isByRow = scales.count == directions * rows && scales.count != directions
    let isZeroByRow = zeroPoints.count == directions * rows && zeroPoints.count != directions
    return Tensor(of: Float.self, shape: [directions, rows, inner]) { target in
      var place = 0
      for direction in 0..<directions {
        for row in 0..<rows {
          let scale = scales[isByRow ? direction * rows + row : direction]
          let zeroPoint = zeroPoints[isZeroByRow ? direction * rows + row : direction]
          for k in 0..<inner {
            let value = values[(direction * inner + k) * rows + row] - zeroPoint
            target.initializeElement(at: place, to: Float(value) * scale)
            place += 1
          }
        }
      }
    }
  }
}
