import Graph
import Tensor

extension Pad: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let layout = try layouts(inputs)[0]
    let shape = layout.shape
    guard shape.rank > 0, !shape.dims.contains(0) else {
      return [Tensor(dtype: x.dtype, shape: shape) { _ in }]
    }
    guard let pads = try resolved(inputs.map { $0.map { Facts($0) } }, rank: shape.rank) else {
      throw Mismatch("'pads' is not known")
    }
    let strides = x.shape.strides
    // For each position of each output axis the offset of the input's, nil where there is none.
    let sources = shape.dims.indices.map { axis in
      // What a negative number takes away is gone before anything is put beside the rest.
      let rest = max(-pads.begin[axis], 0)..<x.shape[axis] - max(-pads.end[axis], 0)
      return (0..<shape[axis]).map { source(of: $0 - pads.begin[axis], in: rest).map { $0 * strides[axis] } }
    }
    let value = try fill(inputs, dtype: x.dtype).spread
    let inner = shape.rank - 1
    return [
      value.withUnsafeBytes { value in
        x.moved(to: shape) { from, to, width in
          var target = 0
          for row in 0..<shape.outer(of: inner) {
            var rest = row
            var base: Int? = 0
            for axis in (0..<inner).reversed() {
              let offset = sources[axis][rest % shape[axis]]
              base = if let sum = base, let offset { sum + offset } else { nil }
              rest /= shape[axis]
            }
            for offset in sources[inner] {
              if let base, let offset {
                to.copy(width, from: from, at: (base + offset) * width, to: target)
              } else {
                to.copy(width, from: value, at: 0, to: target)
              }
              target += width
            }
          }
        }
      }
    ]
  }

  /// Where the element at `position` comes from, which may lie outside.
  private func source(of position: Int, in range: Range<Int>) -> Int? {
    if range.contains(position) { return position }
    let last = range.upperBound - 1
    switch mode {
    case .constant: return nil
    case .edge: return min(max(position, range.lowerBound), last)
    case .reflect: return position < range.lowerBound ? 2 * range.lowerBound - position : 2 * last - position
    case .wrap:
      let offset = (position - range.lowerBound) % range.count
      return range.lowerBound + (offset < 0 ? offset + range.count : offset)
    }
  }

  private func fill(_ inputs: [Tensor?], dtype: DType) throws -> Tensor {
    let value: Tensor? =
      switch amounts {
      case .attribute(_, let value): Tensor(scalar: value)
      case .inputs: optional(inputs, 2)
      }
    return (value ?? Tensor(scalar: Int64(0))).converted(to: dtype)
  }
}
