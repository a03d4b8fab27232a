import Graph
import Tensor

extension Trilu: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    _ = try layouts(inputs)
    let diagonal = optional(inputs, 1)?.integers?.first ?? 0
    let (rows, columns) = (x.shape[x.shape.rank - 2], x.shape[x.shape.rank - 1])
    let starts = (0..<x.count).map { place -> Int? in
      let distance = place % columns - place / columns % rows
      return (isUpper ? distance >= diagonal : distance <= diagonal) ? place : nil
    }
    return [x.picked(starts, shape: x.shape)]
  }
}
