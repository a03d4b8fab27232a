import Tensor

extension ModelDecoder {
  /// SparseTensorProto: values, their places as positions in the whole tensor `[values]` or on each axis
  /// `[values, axes]`, and the dense shape.
  ///
  /// - Throws: `FormatError` where places are none, or the dense tensor would be too large.
  func sparseTensor(_ range: Range<Int>) throws(FormatError) -> (name: String, tensor: Tensor) {
    var values: TensorMessage?
    var indices: TensorMessage?
    var dims: [Int] = []
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1: values = try tensor(bytes(field))
      case 2: indices = try tensor(bytes(field))
      case 3: try appendInts(field, to: &dims)
      default: break
      }
    }
    guard let values else { throw fail("holds a sparse tensor without values") }
    let name = values.name
    func refuse(_ reason: String) -> FormatError { fail("sparse tensor '\(name)' \(reason)") }
    guard let shape = Shape(checking: dims) else { throw refuse("has an impossible shape") }
    let stored = try values.value(in: self)
    guard stored.dtype.bits >= 8 else { throw refuse("is \(stored.dtype), which Pare does not make dense") }
    guard outside.mayMakeDense(stored.dtype.byteCount(of: shape.count)) else {
      throw refuse("of shape \(shape) is too large to be made dense; store it so")
    }
    let places = try indices?.value(in: self)
    let positions = try positions(places, count: stored.count, in: shape, refuse)
    let size = stored.dtype.bits / 8
    let dense = Tensor(dtype: stored.dtype, shape: shape) { target in
      target.initializeMemory(as: UInt8.self, repeating: 0)
      stored.withUnsafeBytes { source in
        for (index, position) in positions.enumerated() {
          UnsafeMutableRawBufferPointer(rebasing: target[(position * size)..<((position + 1) * size)])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[(index * size)..<((index + 1) * size)]))
        }
      }
    }
    return (name, dense)
  }

  /// Where in the dense tensor each value lies.
  private func positions(
    _ places: Tensor?, count: Int, in shape: Shape, _ refuse: (String) -> FormatError
  ) throws(FormatError) -> [Int] {
    guard let places, let numbers = places.integers, places.shape.rank <= 2,
      places.shape.dims == [count] || places.shape.dims == [count, shape.rank]
    else {
      if count == 0 { return [] }
      throw refuse("does not say one place for each of its \(count) values")
    }
    let axes = places.shape.rank == 2 ? shape.dims : [shape.count]
    var positions: [Int] = []
    for start in stride(from: 0, to: numbers.count, by: max(axes.count, 1)) {
      var position = 0
      for (axis, size) in axes.enumerated() {
        let place = numbers[start + axis]
        guard place >= 0, place < size else { throw refuse("has a value at place \(place) of \(size)") }
        position = position * size + place
      }
      positions.append(position)
    }
    return positions
  }
}
