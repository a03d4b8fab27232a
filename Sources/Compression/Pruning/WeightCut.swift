import Tensor

/// Where a ranking is cut: a mask as a value, which decides every weight by its score, and by its position
/// among equal ones.
struct WeightCut: Hashable, Sendable {
  /// Scores with lower keys go.
  var key: UInt32
  /// How many of those with this very key go, the first by position.
  var ties: Int
  /// How many there are with this key.
  var all: Int

  /// `weight` with zeros where magnitudes go.
  ///
  /// - Complexity: linear, one pass unless the cut runs through equal scores.
  func mask(magnitudesOf weight: Tensor) -> Tensor {
    guard weight.dtype == .float32 else {
      return mask(weight, keys: weight.floats.map { ScoreKey.of(abs($0)) })
    }
    return weight.withElements(of: Float.self) { values in
      masked(weight) { ScoreKey.of(Float(bitPattern: values[$0].bitPattern & 0x7fff_ffff)) }
    }
  }

  /// `weight` with zeros where the keys of its elements say so.
  func mask(_ weight: Tensor, keys: [UInt32]) -> Tensor {
    if weight.dtype == .float32 {
      return keys.withUnsafeBufferPointer { keys in masked(weight) { keys[$0] } }
    }
    return zeroing(weight, keys: keys) { body in
      for index in keys.indices { body(index, index) }
    }
  }

  /// A float32 `weight` with zeros where keys say so.
  @inline(__always)
  private func masked(_ weight: Tensor, by key: (Int) -> UInt32) -> Tensor {
    Tensor(of: Float.self, shape: weight.shape) { target in
      weight.withElements(of: Float.self) { values in
        let cut = self.key
        let end = end(values.count) { key($0) == cut }
        // Bits and masks, as a branch would be guessed wrong half the time.
        for index in 0..<end {
          let kept: UInt32 = key(index) > cut ? .max : 0
          target[index] = Float(bitPattern: values[index].bitPattern & kept)
        }
        for index in end..<values.count {
          let kept: UInt32 = key(index) >= cut ? .max : 0
          target[index] = Float(bitPattern: values[index].bitPattern & kept)
        }
      }
    }
  }

  /// `weight` with zeros for the blocks that go, where the keys are those of `grid`.
  func mask(_ weight: Tensor, blocks grid: BlockGrid, keys: [UInt32]) -> Tensor {
    zeroing(weight, keys: keys) { body in grid.forEachElement(body) }
  }

  private func zeroing(
    _ weight: Tensor, keys: [UInt32], forEachElement: ((_ unit: Int, _ element: Int) -> Void) -> Void
  ) -> Tensor {
    let size = weight.dtype.bits / 8
    return keys.withUnsafeBufferPointer { keys in
      let end = end(keys.count) { keys[$0] == key }
      return Tensor(dtype: weight.dtype, shape: weight.shape) { target in
        weight.withUnsafeBytes { target.copyMemory(from: $0) }
        forEachElement { unit, element in
          guard keys[unit] < key || (keys[unit] == key && unit < end) else { return }
          for byte in element * size..<(element + 1) * size { target[byte] = 0 }
        }
      }
    }
  }

  /// The position from which on those with the cut's key stay.
  @inline(__always)
  private func end(_ count: Int, isTie: (Int) -> Bool) -> Int {
    if ties == all { return count }
    var left = ties
    for index in 0..<count where isTie(index) {
      left -= 1
      if left == 0 { return index + 1 }
    }
    return count
  }
}
