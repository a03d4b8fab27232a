import Tensor

/// The mean squared difference of a student's and a teacher's attention map: at each position the sum of squares over
/// channels, each sample's map divided by its Euclidean norm (Zagoruyko and Komodakis 2017).
public struct AttentionTransfer: Sendable {
  /// What the loss, and so its gradient, is multiplied by.
  public let weight: Double
  /// The axis of the channels; -1 is the last.
  public let axis: Int

  public init(weight: Double = 1, axis: Int = 1) {
    self.weight = weight
    self.axis = axis
  }

  /// - Parameters:
  ///   - student: float32, `[N, C, ...]` with the channels on `axis`.
  ///   - teacher: the same with any number of channels.
  ///   - gradient: becomes that of the student's activation; 0 for a sample whose activation is 0.
  /// - Returns: the weighted loss, the mean being over samples and positions.
  /// - Throws: `DistillationError` where the two do not fit.
  public func evaluate(
    student: Tensor, teacher: Tensor, gradient: UnsafeMutableBufferPointer<Float>
  ) throws(DistillationError) -> Double {
    let ours = try ActivationPlanes(student.shape, axis: axis, what: "the student's activation")
    let theirs = try ActivationPlanes(teacher.shape, axis: axis, what: "the teacher's activation")
    guard ours.samples == theirs.samples, ours.before == theirs.before, ours.behind == theirs.behind else {
      throw .shape(
        what: "a teacher's activation", teacher.shape, student: student.shape,
        wayOut: "match activations with the same positions")
    }
    precondition(gradient.count == student.count, "a gradient has a number for each of the activation's")
    let positions = ours.positions
    let share = weight / Double(max(ours.samples * positions, 1))
    return student.withElements(of: Float.self) { values in
      teacher.withElements(of: Float.self) { target in
        var sum = 0.0
        for sample in 0..<ours.samples {
          let (map, norm) = Self.map(values, ours, sample)
          let (targetMap, _) = Self.map(target, theirs, sample)
          var slopes = [Double](repeating: 0, count: positions)
          var along = 0.0
          for position in 0..<positions {
            let difference = map[position] - targetMap[position]
            sum += difference * difference
            slopes[position] = 2 * share * difference
            along += slopes[position] * map[position]
          }
          // Of a map only what is not along it moves its direction.
          for position in 0..<positions {
            slopes[position] = norm > 0 ? (slopes[position] - along * map[position]) / norm : 0
          }
          Self.forEachRow(ours, sample) { start, first in
            for index in 0..<ours.behind {
              gradient[start + index] = Float(2 * Double(values[start + index]) * slopes[first + index])
            }
          }
        }
        return sum * share
      }
    }
  }

  /// A sample's map of length one, and the length that it had; of zeros where it had none.
  private static func map(_ values: UnsafeBufferPointer<Float>, _ planes: ActivationPlanes, _ sample: Int)
    -> ([Double], norm: Double)
  {
    var map = [Double](repeating: 0, count: planes.positions)
    forEachRow(planes, sample) { start, first in
      for index in 0..<planes.behind {
        let value = Double(values[start + index])
        map[first + index] += value * value
      }
    }
    var squares = 0.0
    for value in map { squares += value * value }
    let norm = squares.squareRoot()
    if norm > 0 { for index in map.indices { map[index] /= norm } }
    return (map, norm)
  }

  /// Calls `body` with the start of each row of neighbours of a sample, and the position that it begins with.
  private static func forEachRow(
    _ planes: ActivationPlanes, _ sample: Int, _ body: (_ start: Int, _ position: Int) -> Void
  ) {
    for outer in 0..<planes.before {
      for channel in 0..<planes.channels {
        let row = ((sample * planes.before + outer) * planes.channels + channel) * planes.behind
        body(row, outer * planes.behind)
      }
    }
  }
}
