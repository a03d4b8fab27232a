import Compression
import Foundation
import Tensor
import Testing

@Suite struct DistillationLossTests {
  private let isActivation = ["feature", "attention"]

  @Test func valuesAndGradientsAreTorchs() throws {
    let cases = try LossVector.cases { !isActivation.contains($0) }
    #expect(Set(cases.map(\.input.loss)) == Set(DistillationLosses.names))
    for each in cases {
      let loss = DistillationLosses.loss(for: each.input.settings)
      let (terms, gradient) = try loss.evaluate(each.input.batch)
      #expect(abs(terms.total - each.expected.total) < 1e-9 * max(1, each.expected.total), "\(each.name)")
      for (found, expected) in [(terms.hard, each.expected.hard), (terms.soft, each.expected.soft)] {
        #expect((found == nil) == (expected == nil), "\(each.name)")
        if let found, let expected {
          #expect(abs(found - expected) < 1e-9 * max(1, expected), "\(each.name)")
        }
      }
      #expect(agree(gradient.floats, each.expected.gradient), "\(each.name)")
    }
  }

  @Test func gradientsAreSlopes() throws {
    for each in try LossVector.cases(where: { !isActivation.contains($0) }) {
      let loss = DistillationLosses.loss(for: each.input.settings)
      let batch = each.input.batch
      let slopes = try finiteDifferences(at: batch.student.floats) { point in
        var moved = batch
        moved.student = Tensor(point, shape: batch.student.shape)
        return try loss.evaluate(moved).terms.total
      }
      #expect(agree(try loss.evaluate(batch).gradient.floats, slopes, within: 1e-5), "\(each.name)")
    }
  }

  /// The numbers of the formula, as they are written down wherever it is explained.
  @Test func termsAreApart() throws {
    let batch = LossBatch(
      student: Tensor([1, 2, 3, 0.5, -1, 2] as [Float], shape: [2, 3]),
      teacher: Tensor([2, 1, 0, 1, 0, 3] as [Float], shape: [2, 3]), targets: Tensor([2, 2] as [Int64]))
    let terms = try SoftenedDivergence(alpha: 0.5, temperature: 4).evaluate(batch).terms
    #expect(abs(try #require(terms.soft) - 0.0420593) < 1e-7)
    #expect(abs(16 * (try #require(terms.soft)) - 0.672949) < 1e-6)
    #expect(abs(try #require(terms.hard) - 0.324459) < 1e-6)
    #expect(abs(terms.total - 0.498704) < 1e-6)
  }

  @Test(arguments: [3, -1, -100]) func labelsBeyondTheClassesNameTheirSample(label: Int) throws {
    let batch = LossBatch(
      student: Tensor([Float](repeating: 0, count: 6), shape: [2, 3]),
      targets: Tensor([0, Int64(label)]), firstSample: 40)
    let error = #expect(throws: DistillationError.self) { try CrossEntropy().evaluate(batch) }
    #expect(error == .label(label, sample: 41, classes: 3))
    #expect("\(try #require(error))".hasPrefix("sample 41: label \(label) is no class"))
  }

  @Test func tokensNameTheirSampleToo() throws {
    let batch = LossBatch(
      student: Tensor([Float](repeating: 0, count: 12), shape: [2, 3, 2]),
      targets: Tensor([0, 1, -100, -1, 1, 2] as [Int64], shape: [2, 3]), firstSample: 10)
    let error = #expect(throws: DistillationError.self) { try CrossEntropy().evaluate(batch) }
    #expect(error == .label(2, sample: 11, classes: 2))
  }

  /// Nothing to learn from is no reason to divide by nothing.
  @Test func tokensThatAllAreLeftOutCostNothing() throws {
    let batch = LossBatch(
      student: Tensor([1, 2, 3, 4] as [Float], shape: [1, 2, 2]),
      targets: Tensor([-1, -100] as [Int64], shape: [1, 2]))
    let (terms, gradient) = try CrossEntropy().evaluate(batch)
    #expect(terms.total == 0)
    #expect(gradient.floats == [0, 0, 0, 0])
  }

  @Test func whatIsMissingIsNamed() throws {
    let student = Tensor([1, 2] as [Float], shape: [1, 2])
    let loss = SoftenedDivergence(alpha: 0.5, temperature: 2)
    func message(_ batch: LossBatch, _ loss: some DistillationLoss) throws -> String {
      "\(try #require(#expect(throws: DistillationError.self) { try loss.evaluate(batch) }))"
    }
    let labels = Tensor([1] as [Int64])
    #expect(
      try message(LossBatch(student: student, targets: labels), loss)
        == #"the loss "kl_divergence" needs the teacher's outputs; run the teacher, or set alpha to 0"#)
    #expect(
      try message(LossBatch(student: student, teacher: student), loss)
        == #"the loss "kl_divergence" needs labels; give data with labels, or set alpha to 1"#)
    let narrow = Tensor([1] as [Float], shape: [1, 1])
    #expect(
      try message(LossBatch(student: student, teacher: narrow, targets: labels), loss)
        == "a teacher's output of shape 1·1 beside a student's 1·2: take a teacher with the same outputs")
    #expect(
      try message(LossBatch(student: student, targets: Tensor([1, 0] as [Int64])), CrossEntropy())
        == "labels of shape 2 beside a student's 1·2: give whole numbers of shape 1")
    #expect(
      try message(LossBatch(student: Tensor([1, 2] as [Float]), targets: labels), CrossEntropy())
        == "outputs of shape 2 hold no row of scores for each sample; choose a loss for regression")
    #expect(
      try message(LossBatch(student: student, targets: narrow), MeanSquaredError(alpha: 0))
        == "targets of shape 1·1 beside a student's 1·2: give as many numbers a sample as the student does")
  }

  /// A class that a model masks out has no probability on either side.
  @Test func whatBothRuleOutCostsNothing() throws {
    let masked = Tensor([1, 2, -.infinity] as [Float], shape: [1, 3])
    let teacher = Tensor([2, 1, -.infinity] as [Float], shape: [1, 3])
    let whole = LossBatch(
      student: Tensor([1, 2] as [Float], shape: [1, 2]), teacher: Tensor([2, 1] as [Float], shape: [1, 2]))
    let loss = SoftenedDivergence(alpha: 1, temperature: 3)
    let (terms, gradient) = try loss.evaluate(LossBatch(student: masked, teacher: teacher))
    let without = try loss.evaluate(whole)
    #expect(terms == without.terms)
    #expect(gradient.floats == without.gradient.floats + [0])
  }

  /// What ran away has to be seen, whatever the comparison of its scores says.
  @Test(arguments: [Float.nan, .infinity]) func whatIsNotFiniteShows(score: Float) throws {
    let batch = LossBatch(
      student: Tensor([1, score, 3] as [Float], shape: [1, 3]),
      teacher: Tensor([2, 1, 0] as [Float], shape: [1, 3]), targets: Tensor([2] as [Int64]))
    #expect(try SoftenedDivergence(alpha: 0, temperature: 4).evaluate(batch).terms.total.isFinite == false)
    #expect(try SoftenedDivergence(alpha: 1, temperature: 4).evaluate(batch).terms.total.isFinite == false)
    #expect(try LogitsSquaredError(alpha: 1).evaluate(batch).terms.total.isFinite == false)
  }
}
