import Graph
import Tensor

extension ShapeOf: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try required(inputs, 0).shape
    return [Tensor(shape.dims[axes(rank: shape.rank)].map { Int64($0) })]
  }
}
