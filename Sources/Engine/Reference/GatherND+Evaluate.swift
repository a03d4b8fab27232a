import Graph
import Tensor

extension GatherND: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let data = try required(inputs, 0)
    let indices = try required(inputs, 1)
    let shape = try layouts(inputs)[0].shape
    let places = try indices.tuplePlaces(in: data.shape, batchAxes: batchAxes)
    let length = data.shape.dims[(batchAxes + indices.shape[indices.shape.rank - 1])...].reduce(1, *)
    return [data.picked(places, length: length, shape: shape)]
  }
}

extension Tensor {
  /// Of each tuple of indices along the last axis, where the slice of a tensor of shape `data` begins.
  ///
  /// - Parameter batchAxes: so many first axes are those of the data.
  /// - Throws: `Mismatch` for an index that is out of range.
  func tuplePlaces(in data: Shape, batchAxes: Int = 0) throws -> [Int] {
    let indices = integers ?? []
    let length = shape.dims.last ?? 0
    let strides = data.strides
    let rows = shape.outer(of: shape.rank - 1)
    let batches = data.dims[..<batchAxes].reduce(1, *)
    return try (0..<rows).map { row in
      // Batches come first, in the order of rows.
      var place = batchAxes == 0 ? 0 : row / (rows / batches) * strides[batchAxes - 1]
      for k in 0..<length {
        let (index, axis) = (indices[row * length + k], batchAxes + k)
        guard index >= -data[axis] && index < data[axis] else {
          throw Mismatch("index \(index) is out of range for axis \(axis) of size \(data[axis])")
        }
        place += (index < 0 ? index + data[axis] : index) * strides[axis]
      }
      return place
    }
  }
}
