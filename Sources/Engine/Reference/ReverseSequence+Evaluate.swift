import Graph
import Tensor

extension ReverseSequence: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let lengths = try required(inputs, 1).integers ?? []
    let shape = try layouts(inputs)[0].shape
    let batch = try batchAxis.axis(ofRank: shape.rank)
    let time = try timeAxis.axis(ofRank: shape.rank)
    let strides = shape.strides
    let starts = (0..<shape.count).map { place in
      let length = lengths[place / strides[batch] % shape[batch]]
      let position = place / strides[time] % shape[time]
      return position < length ? place + (length - 1 - 2 * position) * strides[time] : place
    }
    return [x.picked(starts, shape: shape)]
  }
}
