import Graph
import Tensor

extension NonZero: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let shape = try layouts(inputs)[0].shape
    let strides = x.shape.rank == 0 ? [1] : x.shape.strides
    let places = x.converted(to: .bool).array(of: Bool.self).enumerated().filter(\.element).map(\.offset)
    let sizes = x.shape.rank == 0 ? [1] : x.shape.dims
    return [
      Tensor(
        zip(strides, sizes).flatMap { stride, size in places.map { Int64($0 / stride % size) } }, shape: shape
      )
    ]
  }
}
