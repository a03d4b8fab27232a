import Testing
import Workbench

struct PredictionTests {
  private let known = [(position: 10.0, score: 0.9), (0.0, 0.92), (40.0, 0.6)]

  @Test(arguments: [(0, 0.92), (5, 0.91), (10, 0.9), (25, 0.75), (50, 0.5), (500, 0)])
  func followsStraightLines(position: Double, score: Double) throws {
    let predicted = try #require(Prediction.score(at: position, known: known))
    #expect(abs(predicted - score) < 1e-12)
  }

  @Test func oneScoreTellsNothing() {
    #expect(Prediction.score(at: 1, known: [(position: 0.0, score: 0.9)]) == nil)
    #expect(Prediction.score(at: 1, known: []) == nil)
  }
}
