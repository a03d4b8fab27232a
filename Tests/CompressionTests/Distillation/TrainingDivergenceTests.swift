import Compression
import Testing

@Suite struct TrainingDivergenceTests {
  private func check(
    loss: Double = 1, norm: Double = 1, settings: DistillationSettings = DistillationSettings()
  ) throws(TrainingDivergence) {
    try TrainingDivergence.check(
      loss: loss, gradientNorm: norm, epoch: 2, step: 131, learningRate: 0.5, settings: settings)
  }

  @Test func finiteNumbersAreLeftAlone() throws {
    try check(loss: 1e300, norm: 0)
  }

  @Test(arguments: [
    (Double.nan, 1.0, "the loss is nan"), (-.infinity, .nan, "the loss is -inf"),
    (3, .infinity, "the norm of the gradients is inf"),
  ])
  func whatRunsAwayIsNamed(loss: Double, norm: Double, what: String) throws {
    let error = #expect(throws: TrainingDivergence.self) { try check(loss: loss, norm: norm) }
    #expect(
      "\(try #require(error))"
        == "epoch 2, step 131: \(what); lower the learning rate (0.5) or the temperature (4.0)")
  }

  @Test(arguments: [
    DistillationSettings(loss: "logits_mse"), DistillationSettings(alpha: 0),
    DistillationSettings(loss: "cross_entropy"),
  ])
  func aTemperatureThatTakesNoPartIsNotBlamed(settings: DistillationSettings) throws {
    let error = #expect(throws: TrainingDivergence.self) { try check(loss: .nan, settings: settings) }
    #expect("\(try #require(error))".hasSuffix("; lower the learning rate (0.5)"))
  }
}
