import Compression
import Tensor
import Testing

/// Losses between activations.
@Suite struct ActivationLossTests {
  private typealias Found = (value: Double, gradient: [Float], projectionGradient: [Float])

  private func evaluate(
    _ input: LossVector.Input, student: [Float]? = nil, projection: [Float]? = nil
  ) throws -> Found {
    let own = input.student.tensor
    let student = student.map { Tensor($0, shape: own.shape) } ?? own
    let teacher = try #require(input.teacher).tensor
    // What is there before must not show.
    var gradient = [Float](repeating: .nan, count: student.count)
    let matrix = projection ?? input.projection?.tensor.floats
    var projectionGradient = [Float](repeating: .nan, count: matrix?.count ?? 0)
    let (axis, weight) = (try #require(input.axis), try #require(input.weight))
    let value = try gradient.withUnsafeMutableBufferPointer { gradient in
      if input.loss == "attention" {
        return try AttentionTransfer(weight: weight, axis: axis)
          .evaluate(student: student, teacher: teacher, gradient: gradient)
      }
      let loss = FeatureMatching(weight: weight, axis: axis)
      guard let matrix else {
        return try loss.evaluate(student: student, teacher: teacher, gradient: gradient)
      }
      return try matrix.withUnsafeBufferPointer { matrix in
        try projectionGradient.withUnsafeMutableBufferPointer { projectionGradient in
          try loss.evaluate(
            student: student, teacher: teacher, projection: matrix, gradient: gradient,
            projectionGradient: projectionGradient)
        }
      }
    }
    return (value, gradient, projectionGradient)
  }

  @Test(arguments: [("feature", 6), ("attention", 2)]) func valuesAndGradientsAreTorchs(
    loss: String, count: Int
  ) throws {
    let cases = try LossVector.cases { $0 == loss }
    #expect(cases.count == count)
    for each in cases {
      let found = try evaluate(each.input)
      #expect(abs(found.value - each.expected.total) < 1e-9 * max(1, each.expected.total), "\(each.name)")
      #expect(agree(found.gradient, each.expected.gradient), "\(each.name)")
      #expect(agree(found.projectionGradient, each.expected.projectionGradient ?? []), "\(each.name)")
    }
  }

  @Test func gradientsAreSlopes() throws {
    for each in try LossVector.cases(where: { ["feature", "attention"].contains($0) })
    where each.input.student.values.count < 150 {
      let found = try evaluate(each.input)
      let slopes = try finiteDifferences(at: each.input.student.tensor.floats) {
        try evaluate(each.input, student: $0).value
      }
      #expect(agree(found.gradient, slopes, within: 2e-5), "\(each.name)")
      guard let projection = each.input.projection?.tensor.floats else { continue }
      let projectionSlopes = try finiteDifferences(at: projection) {
        try evaluate(each.input, projection: $0).value
      }
      #expect(agree(found.projectionGradient, projectionSlopes, within: 2e-5), "\(each.name)")
    }
  }

  @Test func activationsThatDoNotFitAreRefused() throws {
    let (narrow, wide) = (tensor([2, 3, 4]), tensor([2, 5, 4]))
    var gradient = [Float](repeating: 0, count: narrow.count)
    func message(_ teacher: Tensor, axis: Int = 1, isAttention: Bool = false) throws -> String {
      let error = gradient.withUnsafeMutableBufferPointer { gradient in
        #expect(throws: DistillationError.self) {
          isAttention
            ? try AttentionTransfer(axis: axis).evaluate(
              student: narrow, teacher: teacher, gradient: gradient)
            : try FeatureMatching(axis: axis).evaluate(student: narrow, teacher: teacher, gradient: gradient)
        }
      }
      return "\(try #require(error))"
    }
    #expect(try message(wide).hasSuffix("give a projection of 3 channels to 5"))
    #expect(try message(tensor([2, 3, 5])).hasSuffix("match activations with the same positions"))
    #expect(try message(tensor([2, 5, 5]), isAttention: true).hasSuffix("with the same positions"))
    let axis = "the student's activation of shape 2·3·4 has no channels on axis"
    #expect(try message(wide, axis: 3).hasPrefix("\(axis) 3; name an axis behind"))
    #expect(try message(wide, axis: 0).hasPrefix("\(axis) 0;"))
    #expect(try message(wide, axis: -3, isAttention: true).hasPrefix("\(axis) -3;"))
  }

  /// A layer that is dead for a sample has no direction in which to look.
  @Test func nothingHasNoAttention() throws {
    let (student, teacher) = (Tensor([0, 0, 0, 0] as [Float], shape: [1, 2, 2]), tensor([1, 2, 2]))
    var gradient = [Float](repeating: .nan, count: 4)
    let value = try gradient.withUnsafeMutableBufferPointer {
      try AttentionTransfer().evaluate(student: student, teacher: teacher, gradient: $0)
    }
    #expect(gradient == [0, 0, 0, 0])
    #expect(abs(value - 0.5) < 1e-12)
  }

  @Test func projectionsBeginWithinTheirBound() {
    let projection = FeatureMatching.initialProjection(studentChannels: 30, teacherChannels: 70, seed: 1)
    let bound = Float((6.0 / 100).squareRoot())
    #expect(projection.count == 2100)
    #expect(projection.allSatisfy { abs($0) <= bound })
    let mean = projection.reduce(0, +) / 2100
    // Three standard errors of a uniform number.
    #expect(abs(mean) < 3 * bound / (3 * 2100 as Float).squareRoot())
    #expect(projection.contains { $0 < -0.9 * bound } && projection.contains { $0 > 0.9 * bound })
    #expect(
      projection == FeatureMatching.initialProjection(studentChannels: 30, teacherChannels: 70, seed: 1))
    #expect(
      projection != FeatureMatching.initialProjection(studentChannels: 30, teacherChannels: 70, seed: 2))
  }

  private func tensor(_ shape: Shape) -> Tensor {
    Tensor((0..<shape.count).map { Float($0 % 7) - 2.5 }, shape: shape)
  }
}
