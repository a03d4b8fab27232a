import Tensor

/// The mean squared difference of a student's and a teacher's activation, after a learned linear map of the student's
/// channels where the two have not as many (FitNets, Romero et al. 2015).
public struct FeatureMatching: Sendable {
  /// What the loss, and so its gradients, are multiplied by.
  public let weight: Double
  /// The axis of the channels; -1 is the last.
  public let axis: Int

  public init(weight: Double = 1, axis: Int = 1) {
    self.weight = weight
    self.axis = axis
  }

  /// - Parameters:
  ///   - student: float32, `[N, C, ...]` with the channels on `axis`.
  ///   - teacher: the same with channels of its own.
  ///   - projection: `[student's channels, teacher's channels]`, row-major; nil where both have as many.
  ///   - gradient: becomes that of the student's activation.
  ///   - projectionGradient: becomes that of the projection.
  /// - Returns: the weighted loss, the mean being over all of the teacher's numbers.
  /// - Throws: `DistillationError` where the two do not fit.
  public func evaluate(
    student: Tensor, teacher: Tensor, projection: UnsafeBufferPointer<Float>? = nil,
    gradient: UnsafeMutableBufferPointer<Float>, projectionGradient: UnsafeMutableBufferPointer<Float>? = nil
  ) throws(DistillationError) -> Double {
    let ours = try ActivationPlanes(student.shape, axis: axis, what: "the student's activation")
    let theirs = try ActivationPlanes(teacher.shape, axis: axis, what: "the teacher's activation")
    guard ours.samples == theirs.samples, ours.before == theirs.before, ours.behind == theirs.behind else {
      throw .shape(
        what: "a teacher's activation", teacher.shape, student: student.shape,
        wayOut: "match activations with the same positions")
    }
    guard projection != nil || ours.channels == theirs.channels else {
      throw .shape(
        what: "a teacher's activation", teacher.shape, student: student.shape,
        wayOut: "give a projection of \(ours.channels) channels to \(theirs.channels)")
    }
    precondition(gradient.count == student.count, "a gradient has a number for each of the activation's")
    guard let projection else {
      return direct(student, teacher, gradient)
    }
    precondition(projection.count == ours.channels * theirs.channels, "a projection has a row a channel")
    return student.withElements(of: Float.self) { student in
      teacher.withElements(of: Float.self) { teacher in
        let work = ProjectedFeatures(ours: ours, theirs: theirs, matrix: projection, weight: weight)
        return work.run(student, teacher, gradient, projectionGradient)
      }
    }
  }

  /// A projection to begin with: uniform within `√(6 / (in + out))` on both sides of 0 (Glorot and Bengio 2010).
  public static func initialProjection(studentChannels: Int, teacherChannels: Int, seed: Int) -> [Float] {
    var random = SplitMix64(seed: UInt64(bitPattern: Int64(seed)))
    let bound = (6 / Double(max(studentChannels + teacherChannels, 1))).squareRoot()
    return (0..<studentChannels * teacherChannels).map { _ in Float((2 * random.unit() - 1) * bound) }
  }

  private func direct(_ student: Tensor, _ teacher: Tensor, _ gradient: UnsafeMutableBufferPointer<Float>)
    -> Double
  {
    let share = weight / Double(max(student.count, 1))
    return student.withElements(of: Float.self) { student in
      teacher.withElements(of: Float.self) { teacher in
        var sum = 0.0
        for index in student.indices {
          let difference = Double(student[index]) - Double(teacher[index])
          sum += difference * difference
          gradient[index] = Float(2 * share * difference)
        }
        return sum * share
      }
    }
  }
}
