import Compression

/// Numbers that an optimizer changes, and what it remembers of them.
final class Learned: Sendable {
  let values: Numbers
  /// In the optimizer's order, each as long as the values.
  let moments: [Numbers]
  var count: Int { values.buffer.count }

  init(_ numbers: [Float], _ optimizer: any Optimizer) {
    values = Numbers(numbers)
    moments = (0..<optimizer.momentCount).map { _ in Numbers(zeros: numbers.count) }
  }

  /// - Returns: nil where the arrays are not of one length.
  init?(_ numbers: [Float], moments: [[Float]]) {
    guard moments.allSatisfy({ $0.count == numbers.count }) else { return nil }
    values = Numbers(numbers)
    self.moments = moments.map { Numbers($0) }
  }

  /// A step of some of them.
  ///
  /// - Parameters:
  ///   - steps: that were taken before.
  ///   - factor: what the gradient, of as many numbers, is multiplied by before; it is changed.
  func step(
    _ range: Range<Int>, gradient: UnsafeMutableBufferPointer<Float>, steps: Int, _ optimizer: any Optimizer,
    learningRate: Double, factor: Double
  ) {
    GradientClipping.scale(gradient, by: factor)
    optimizer.update(
      values[range], gradient: UnsafeBufferPointer(gradient),
      moments: moments.map { $0.buffer.baseAddress! + range.lowerBound }, steps: steps,
      learningRate: learningRate)
  }

  /// Sets what is not kept to zero, and what is remembered of it.
  func clear(unless kept: [Bool]) {
    kept.withUnsafeBufferPointer { kept in
      PruningMask.clear(values.buffer, unless: kept)
      for moment in moments { PruningMask.clear(moment.buffer, unless: kept) }
    }
  }
}
