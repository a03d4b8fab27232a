/// float32 numbers that stay where they are in memory, so that threads can each change a part of them.
///
/// Unchecked, because it holds a pointer: jobs that run at once write to parts that do not overlap.
final class Numbers: @unchecked Sendable {
  let buffer: UnsafeMutableBufferPointer<Float>

  init(zeros count: Int) {
    buffer = .allocate(capacity: count)
    buffer.initialize(repeating: 0)
  }

  init(_ numbers: [Float]) {
    buffer = .allocate(capacity: numbers.count)
    _ = buffer.initialize(from: numbers)
  }

  deinit { buffer.deallocate() }

  var array: [Float] { Array(buffer) }
  var readable: UnsafeBufferPointer<Float> { UnsafeBufferPointer(buffer) }

  subscript(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: buffer[range])
  }
}
