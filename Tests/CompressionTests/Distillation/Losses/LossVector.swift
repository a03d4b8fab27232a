import Compression
import Tensor

/// A case of `Tests/Vectors/losses.json`.
enum LossVector {
  struct Input: Decodable {
    var loss: String
    var alpha: Double?
    var temperature: Double?
    var axis: Int?
    var weight: Double?
    var student: Vectors.Array
    var teacher: Vectors.Array?
    var labels: Vectors.Array?
    var projection: Vectors.Array?
  }

  struct Expected: Decodable {
    var total: Double
    var hard: Double?
    var soft: Double?
    var gradient: [Double]
    var projectionGradient: [Double]?
  }

  typealias Case = Vectors.File<Input, Expected>.Case

  static func cases(where isWanted: (String) -> Bool) throws -> [Case] {
    try Vectors.read("losses", Input.self, Expected.self).filter { isWanted($0.input.loss) }
  }
}

extension LossVector.Input {
  var settings: DistillationSettings {
    DistillationSettings(loss: loss, alpha: alpha ?? 0, temperature: temperature ?? 1)
  }

  var batch: LossBatch {
    let targets = labels.map { labels in
      loss == MeanSquaredError.name
        ? labels.tensor : Tensor(labels.values.map { Int64($0) }, shape: Shape(labels.shape))
    }
    return LossBatch(student: student.tensor, teacher: teacher?.tensor, targets: targets)
  }
}

/// Whether two lists of numbers are the same but for a share of the largest.
func agree(_ found: [Float], _ expected: [Double], within tolerance: Double = 2e-7) -> Bool {
  let largest = expected.map(abs).max() ?? 0
  return found.count == expected.count
    && zip(found, expected).allSatisfy { abs(Double($0) - $1) <= tolerance * max(largest, abs($1)) }
}

/// The slopes of a function at numbers that are float32 themselves, by differences on both sides.
///
/// - Parameter value: computed in `Double`, so that a step of 2⁻¹⁰ leaves an error of about 1e-6 of what it bends.
func finiteDifferences(at point: [Float], of value: ([Float]) throws -> Double) rethrows -> [Double] {
  let step: Float = 0x1p-10
  return try point.indices.map { index in
    var (above, below) = (point, point)
    above[index] += step
    below[index] -= step
    // What was really gone, as a large number rounds the step.
    return try (value(above) - value(below)) / (Double(above[index]) - Double(below[index]))
  }
}
