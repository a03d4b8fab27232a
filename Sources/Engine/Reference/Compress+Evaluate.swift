import Graph
import Tensor

extension Compress: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let condition = try required(inputs, 1).integers ?? []
    let shape = try layouts(inputs)[0].shape
    let source = axis == nil ? Shape([x.count]) : x.shape
    let axis = try axis?.axis(ofRank: x.shape.rank) ?? 0
    let (size, inner) = (source[axis], source.inner(of: axis))
    let chosen = condition.prefix(size).indices.filter { condition[$0] != 0 }
    let starts = (0..<source.outer(of: axis)).flatMap { block in
      chosen.map { (block * size + $0) * inner }
    }
    return [x.picked(starts, length: inner, shape: shape)]
  }
}
