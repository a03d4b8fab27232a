import Graph
import Tensor

/// An operator each of whose output elements is a weighted sum of its data.
public protocol Unfoldable: Operator {
  /// How data of one shape is laid out as what the outputs sum.
  ///
  /// - Throws: `Mismatch` where the shapes do not fit, or the samples do not lie along the data's first axis.
  func unfolding(data: Shape, weight: Shape, slot: WeightSlot) throws(Mismatch) -> Unfolding

  /// By what the sum is multiplied.
  var sumFactor: Float { get }
}

extension Unfoldable {
  public var sumFactor: Float { 1 }
}

/// The data of a layer as matrices, one for each group of output channels: a row for each position at which an
/// output channel is computed, in it what is summed there, in the order in which a weight stores it.
public struct Unfolding: Sendable {
  public let groups: Int
  /// Rows that one sample gives; a sample is a position on the data's first axis.
  public let rows: Int
  /// What one output element sums.
  public let columns: Int
  /// By group and row, for each column the offset in a sample's data, or -1 for padding; nil where a sample is
  /// the rows, one after another.
  let offsets: [Int32]?
  /// Elements of one sample.
  let stride: Int

  /// Copies the rows of samples for one group.
  ///
  /// - Parameters:
  ///   - data: whole samples.
  ///   - target: `[samples, rows, columns]`.
  public func copy(
    _ data: UnsafeBufferPointer<Float>, samples: Range<Int>, group: Int,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    let size = rows * columns
    guard let offsets else {
      for index in 0..<samples.count * size { target[index] = data[samples.lowerBound * size + index] }
      return
    }
    offsets.withUnsafeBufferPointer { offsets in
      for (place, sample) in samples.enumerated() {
        let (from, to) = (sample * stride, place * size)
        for index in 0..<size {
          let offset = Int(offsets[group * size + index])
          target[to + index] = offset < 0 ? 0 : data[from + offset]
        }
      }
    }
  }
}

extension Unfolding {
  /// Numbers that are unfolded at a time.
  private static let room = 1 << 22

  /// Unfolds data part by part, as much at a time as takes little memory.
  ///
  /// - Parameters:
  ///   - data: whole samples.
  ///   - body: gets the group, the samples, and their rows `[samples, rows, columns]`.
  public func forEachPart(
    of data: Tensor, _ body: (_ group: Int, _ samples: Range<Int>, _ rows: UnsafeBufferPointer<Float>) -> Void
  ) {
    let size = rows * columns
    if size == 0 { return }
    let samples = data.shape[0]
    let chunk = min(samples, max(1, Self.room / size))
    var buffer = [Float](repeating: 0, count: chunk * size)
    data.withElements(of: Float.self) { data in
      for group in 0..<groups {
        for start in Swift.stride(from: 0, to: samples, by: chunk) {
          let part = start..<min(start + chunk, samples)
          buffer.withUnsafeMutableBufferPointer { buffer in
            let used = UnsafeMutableBufferPointer(rebasing: buffer[..<(part.count * size)])
            copy(data, samples: part, group: group, into: used)
            body(group, part, UnsafeBufferPointer(used))
          }
        }
      }
    }
  }
}
