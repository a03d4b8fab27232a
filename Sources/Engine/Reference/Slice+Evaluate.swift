import Graph
import Tensor

extension Slice: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let shape = try layouts(inputs)[0].shape
    let ranges = try ranges(inputs.map { $0.map { Facts($0) } })
    let strides = x.shape.strides
    return [
      x.strided(
        to: shape,
        strides: zip(strides, ranges).map { stride, range in
          // A step that is never taken may be of any length.
          range.count > 1 ? stride * range.step : 0
        }, offset: zip(strides, ranges).reduce(0) { $0 + $1.0 * $1.1.start })
    ]
  }
}
