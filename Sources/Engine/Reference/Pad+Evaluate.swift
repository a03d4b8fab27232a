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
      (0..<shape[axis]).map {
        source(of: $0 - pads.begin[axis], size: x.shape[axis]).map { $0 * strides[axis] }
      }
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

  /// Where the element at `position`, which may lie outside, comes from.
  private func source(of position: Int, size: Int) -> Int? {
    if position >= 0 && position < size { return position }
    switch mode {
    case .constant: return nil
    case .edge: return min(max(position, 0), size - 1)
    case .reflect: return position < 0 ? -position : 2 * (size - 1) - position
    case .wrap: return (position % size + size) % size
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
