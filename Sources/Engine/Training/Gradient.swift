import Tensor

/// What the loss changes by with each element of a value, in the value's own layout.
///
/// Steps that run backwards ask `startAdding` before they write: the first of them in a pass overwrites what the pass
/// before left, all others add. So nothing has to be set to zero.
final class Gradient {
  let floats: UnsafeMutablePointer<Float>
  let count: Int
  /// Whether this pass has written it.
  private(set) var isWritten = false
  private let storage: Storage

  init(count: Int) {
    storage = Storage(byteCount: count * MemoryLayout<Float>.stride)
    self.count = count
    floats = storage.bytes.baseAddress!.assumingMemoryBound(to: Float.self)
    floats.initialize(repeating: 0, count: count)
  }

  /// Another value's gradient in the same memory, which is written over it.
  init(over other: Gradient) {
    storage = other.storage
    count = other.count
    floats = other.floats
  }

  /// Says that a new pass begins.
  func reset() { isWritten = false }

  /// Says that the caller now writes all elements.
  ///
  /// - Returns: whether it has to add to what is there.
  func startAdding() -> Bool {
    defer { isWritten = true }
    return isWritten
  }

  /// Makes it zeros, unless this pass has written it.
  func settle() {
    if !startAdding() { floats.update(repeating: 0, count: count) }
  }
}

extension Gradient {
  /// Adds as many numbers.
  func add(_ numbers: UnsafePointer<Float>) {
    if startAdding() {
      for index in 0..<count { floats[index] += numbers[index] }
    } else {
      floats.update(from: numbers, count: count)
    }
  }
}
