/// The mean squared difference of a student's channels under a linear map and a teacher's, some positions at a time.
///
/// Channels lie apart in room of their own, so that inner loops go along positions, or along channels where there is
/// a sum over positions: none waits for itself, and all vectorise.
struct ProjectedFeatures {
  private let ours: ActivationPlanes
  private let theirs: ActivationPlanes
  private let matrix: [Double]
  private let share: Double

  /// - Parameter matrix: `[student's channels, teacher's channels]`.
  init(ours: ActivationPlanes, theirs: ActivationPlanes, matrix: UnsafeBufferPointer<Float>, weight: Double) {
    self.ours = ours
    self.theirs = theirs
    self.matrix = matrix.map { Double($0) }
    share = weight / Double(max(theirs.samples * theirs.positions * theirs.channels, 1))
  }

  /// - Returns: the weighted loss.
  func run(
    _ student: UnsafeBufferPointer<Float>, _ teacher: UnsafeBufferPointer<Float>,
    _ gradient: UnsafeMutableBufferPointer<Float>, _ matrixGradient: UnsafeMutableBufferPointer<Float>?
  ) -> Double {
    var ourRuns: [ActivationPlanes.Run] = []
    var theirRuns: [ActivationPlanes.Run] = []
    ours.forEachRun { ourRuns.append($0) }
    theirs.forEachRun { theirRuns.append($0) }
    var total = 0.0
    var sums = [Double](repeating: 0, count: matrix.count)
    sums.withUnsafeMutableBufferPointer { sums in
      for (our, their) in zip(ourRuns, theirRuns) {
        total += add(student, our, teacher, their, gradient, sums)
      }
      if let matrixGradient {
        for index in sums.indices { matrixGradient[index] = Float(sums[index]) }
      }
    }
    return total * share
  }

  private func add(
    _ student: UnsafeBufferPointer<Float>, _ our: ActivationPlanes.Run,
    _ teacher: UnsafeBufferPointer<Float>, _ their: ActivationPlanes.Run,
    _ gradient: UnsafeMutableBufferPointer<Float>, _ matrixGradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let (inputs, outputs, count) = (ours.channels, theirs.channels, our.count)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: (inputs + 2 * outputs + 1) * count) {
      room in
      room.initialize(repeating: 0)
      let x = UnsafeMutableBufferPointer(rebasing: room[..<(inputs * count)])
      // What is asked of the projected channels: by channel, and by position.
      let slopes = UnsafeMutableBufferPointer(rebasing: room[(inputs * count)..<((inputs + outputs) * count)])
      let turned = UnsafeMutableBufferPointer(
        rebasing: room[((inputs + outputs) * count)..<((inputs + 2 * outputs) * count)])
      let plane = UnsafeMutableBufferPointer(rebasing: room[((inputs + 2 * outputs) * count)...])
      for channel in 0..<inputs {
        for position in 0..<count {
          x[channel * count + position] = Double(
            student[our.start + channel * our.channelStep + position * our.step])
        }
      }
      var sum = 0.0
      for output in 0..<outputs {
        let row = row(slopes, output, count)
        for position in 0..<count {
          row[position] = -Double(
            teacher[their.start + output * their.channelStep + position * their.step])
        }
        for channel in 0..<inputs {
          Self.add(self.row(x, channel, count), times: matrix[channel * outputs + output], to: row)
        }
        for position in 0..<count {
          sum += row[position] * row[position]
          row[position] *= 2 * share
          turned[position * outputs + output] = row[position]
        }
      }
      for channel in 0..<inputs {
        let target = self.row(matrixGradient, channel, outputs)
        for position in 0..<count {
          Self.add(row(turned, position, outputs), times: x[channel * count + position], to: target)
        }
        plane.update(repeating: 0)
        for output in 0..<outputs {
          Self.add(row(slopes, output, count), times: matrix[channel * outputs + output], to: plane)
        }
        for position in 0..<count {
          gradient[our.start + channel * our.channelStep + position * our.step] = Float(plane[position])
        }
      }
      return sum
    }
  }

  private func row(_ rows: UnsafeMutableBufferPointer<Double>, _ index: Int, _ length: Int)
    -> UnsafeMutableBufferPointer<Double>
  {
    UnsafeMutableBufferPointer(rebasing: rows[index * length..<(index + 1) * length])
  }

  @inline(__always)
  private static func add(
    _ source: UnsafeMutableBufferPointer<Double>, times factor: Double,
    to target: UnsafeMutableBufferPointer<Double>
  ) {
    for index in 0..<target.count { target[index] += factor * source[index] }
  }
}
