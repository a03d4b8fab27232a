extension [Dim] {
  /// The sizes of two operands combined as NumPy does: aligned at the right, 1 stretching to the other.
  static func broadcast(_ left: [Dim], _ right: [Dim]) throws(Mismatch) -> [Dim] {
    let rank = Swift.max(left.count, right.count)
    var dims: [Dim] = []
    dims.reserveCapacity(rank)
    for axis in 0..<rank {
      let a = axis < rank - left.count ? Dim(1) : left[axis - rank + left.count]
      let b = axis < rank - right.count ? Dim(1) : right[axis - rank + right.count]
      if a == b || b.value == 1 {
        dims.append(a)
      } else if a.value == 1 {
        dims.append(b)
      } else if a.contradicts(b) {
        throw Mismatch("shapes \(left.text) and \(right.text) cannot be broadcast together")
      } else {
        // A number and something unknown: the unknown one is 1 or that number.
        dims.append(a.value != nil ? a : b.value != nil ? b : .unknown)
      }
    }
    return dims
  }

  /// As a person writes it: `N·20·24·24`.
  package var text: String { isEmpty ? "scalar" : map(\.description).joined(separator: "·") }
}

extension AxisLink {
  /// The axes of input `index`, aligned at the right, that are not stretched to the output's.
  static func broadcast(input index: Int, _ dims: [Dim]?, to output: [Dim]?) -> [AxisLink] {
    guard let dims, let output, dims.count <= output.count else { return [] }
    let shift = output.count - dims.count
    return dims.indices.compactMap { axis in
      dims[axis].isProper && dims[axis] == output[axis + shift] ? .from(index, axis, to: axis + shift) : nil
    }
  }
}
