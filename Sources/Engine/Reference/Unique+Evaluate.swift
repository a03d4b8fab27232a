import Graph
import Tensor

extension Unique: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let classes = try classes(of: x)
    let shape = try layouts(inputs)[0].shape
    let source = axis == nil ? Shape([x.count]) : x.shape
    let axis = try axis?.axis(ofRank: x.shape.rank) ?? 0
    let (size, inner) = (source[axis], source.inner(of: axis))
    let starts = (0..<source.outer(of: axis)).flatMap { block in
      classes.first.map { (block * size + $0) * inner }
    }
    return [x.picked(starts, length: inner, shape: shape)]
      + [classes.first, classes.inverse, classes.counts].map { Tensor($0.map { Int64($0) }) }
  }
}
