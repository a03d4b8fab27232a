import Graph
import Tensor

extension MatMulInteger: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try layouts(inputs)[0].shape
    return [
      try MatMul.product(
        try required(inputs, 0).centred(optional(inputs, 2), isLeft: true),
        try required(inputs, 1).centred(optional(inputs, 3), isLeft: false), to: shape)
    ]
  }
}

extension QLinearMatMul: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let output = try layouts(inputs)[0]
    let (a, b) = (try required(inputs, 0), try required(inputs, 3))
    let sums = try MatMul.product(
      a.centred(optional(inputs, 2), isLeft: true), b.centred(optional(inputs, 5), isLeft: false),
      to: output.shape)
    let requantizer = try Requantizer(
      scale: try required(inputs, 6), zeroPoint: try required(inputs, 7), dtype: output.dtype)
    let left = try required(inputs, 1).stretched(
      to: output.shape, isLeft: true, matrix: a.shape, other: b.shape)
    let right = try required(inputs, 4).stretched(
      to: output.shape, isLeft: false, matrix: b.shape, other: a.shape)
    return [requantizer.quantized(sums) { left[$0] * right[$0] }]
  }
}

extension MatMul {
  /// The product of int32 matrices.
  fileprivate static func product(_ a: Tensor, _ b: Tensor, to shape: Shape) throws -> Tensor {
    let layout = try Layout(dtype: .int32, sizes: shape.dims)
    if shape.dims.contains(0) { return Tensor(dtype: .int32, shape: shape) { _ in } }
    let node = Node(name: "", type: type, inputs: [], outputs: [])
    return try MatMul(node, opset: 13).compute(Int32.self, [a, b], [layout])[0]
  }
}

extension Tensor {
  /// 8-bit integers without their zero points, as int32.
  fileprivate func centred(_ zeroPoint: Tensor?, isLeft: Bool) -> Tensor {
    guard let zeroPoint, zeroPoint.count != 1 else { return centred(zeroPoint) }
    if zeroPoint.shape.rank == 1 {
      return centred(zeroPoint, axis: isLeft ? max(shape.rank - 2, 0) : shape.rank - 1)
    }
    let zeros = zeroPoint.integers ?? []
    let values = integers ?? []
    var result: [Int] = []
    result.reserveCapacity(count)
    StridedWalk(sizes: shape.dims, strides: [zeroPoint.shape.strides(broadcastTo: shape)]).visit {
      result.append(values[result.count] - zeros[$0[0]])
    }
    return Tensor(wrapping: result, as: .int32, shape: shape)
  }

  /// Scales of a matrix as one for each element of a product.
  fileprivate func stretched(to output: Shape, isLeft: Bool, matrix: Shape, other: Shape) throws -> [Float] {
    let scales = floats
    if scales.count == 1 { return [Float](repeating: scales[0], count: output.count) }
    // A row of the left matrix is one of the output, a column of the right one too.
    var own = shape.rank == 1 ? (isLeft ? Shape([shape[0], 1]) : Shape([1, shape[0]])) : shape
    guard matrix.rank >= 2, other.rank >= 2, own.dims[own.rank - (isLeft ? 1 : 2)] == 1 else {
      throw Mismatch("a scale (\(shape)) must be one for each row of the left or column of the right matrix")
    }
    own = Shape(Array(repeating: 1, count: output.rank - own.rank) + own.dims)
    var result: [Float] = []
    result.reserveCapacity(output.count)
    StridedWalk(sizes: output.dims, strides: [own.strides(broadcastTo: output)]).visit {
      result.append(scales[$0[0]])
    }
    return result
  }
}
