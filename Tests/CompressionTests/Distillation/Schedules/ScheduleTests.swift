import Compression
import Testing

@Suite struct ScheduleTests {
  struct Input: Decodable {
    var schedule: String
    var highest: Double
    var total: Int
    var rise: Int
    var every: Int
    var gamma: Double
  }

  struct Expected: Decodable { var rates: [Double] }

  /// A batch an epoch, so that epochs are steps.
  @Test func everyRateIsTorchs() throws {
    let cases = try Vectors.read("schedules", Input.self, Expected.self)
    #expect(Set(cases.map(\.input.schedule)) == Set(Schedules.names))
    for each in cases {
      let input = each.input
      let rate = LearningRate(
        DistillationSettings(
          learningRate: input.highest, schedule: input.schedule, stepEpochs: input.every, gamma: input.gamma,
          warmUpEpochs: input.rise, epochs: input.total),
        stepsPerEpoch: 1)
      #expect(each.expected.rates.count == input.total)
      for (step, expected) in each.expected.rates.enumerated() {
        #expect(abs(rate.rate(at: step) - expected) < 1e-9 * input.highest, "\(each.name), step \(step)")
      }
    }
  }

  @Test func epochsAreSteps() {
    let settings = DistillationSettings(
      learningRate: 1, schedule: "step", stepEpochs: 2, gamma: 0.5, warmUpEpochs: 1, epochs: 5)
    let rate = LearningRate(settings, stepsPerEpoch: 10)
    #expect([0, 9, 10, 29, 30, 49].map { rate.rate(at: $0) } == [0.1, 1, 1, 1, 0.5, 0.5])
  }

  /// Whatever the length, no rate is other than a share of the highest.
  @Test func shortTrainingsHaveRatesToo() {
    for name in Schedules.names {
      for (total, rise) in [(0, 0), (1, 0), (1, 1), (2, 1), (3, 3), (4, 0)] {
        let settings = DistillationSettings(
          learningRate: 2, schedule: name, warmUpEpochs: rise, epochs: total)
        let rate = LearningRate(settings, stepsPerEpoch: 1)
        for step in 0..<total + 2 {
          #expect((0...2).contains(rate.rate(at: step)), "\(name), \(step) of \(total)")
        }
      }
    }
  }
}
