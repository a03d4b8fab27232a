import Graph
import Tensor

extension GatherElements: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let data = try required(inputs, 0)
    let shape = try layouts(inputs)[0].shape
    let axis = try axis.axis(ofRank: shape.rank)
    return [data.picked(try required(inputs, 1).places(in: data.shape, axis: axis), shape: shape)]
  }
}

extension Tensor {
  /// Of each index, where the element of a tensor of shape `data` is that it means along `axis`; inference has found
  /// all in range.
  func places(in data: Shape, axis: Int) -> [Int] {
    let strides = data.strides
    var places: [Int] = []
    places.reserveCapacity(count)
    let indices = integers ?? []
    var around = strides
    around[axis] = 0
    StridedWalk(sizes: shape.dims, strides: [around]).visit { offsets in
      let index = indices[places.count]
      places.append(offsets[0] + (index < 0 ? index + data[axis] : index) * strides[axis])
    }
    return places
  }
}
