import Testing
import Workbench

struct WilsonIntervalTests {
  /// Expected values by statsmodels.stats.proportion.proportion_confint(method="wilson").
  @Test(arguments: [
    (9203, 10000, 0.9145283, 0.9254517), (5, 10, 0.2365931, 0.7634069), (0, 20, 0.0, 0.1611252),
    (20, 20, 0.8388748, 1.0), (1, 1, 0.2065493, 1.0),
  ])
  func matchesKnownValues(correct: Int, samples: Int, low: Double, high: Double) {
    let interval = WilsonInterval.of(correct: correct, samples: samples)
    let tolerance = samples == 10000 ? 2e-4 : 1e-6
    #expect(abs(interval.lowerBound - low) < tolerance)
    #expect(abs(interval.upperBound - high) < tolerance)
  }

  @Test func knowsNothingOfNothing() {
    #expect(WilsonInterval.of(correct: 0, samples: 0) == 0...1)
  }

  @Test func neverLeavesTheMeasuredValueOutside() {
    for samples in 1...60 {
      for correct in 0...samples {
        let interval = WilsonInterval.of(correct: correct, samples: samples)
        #expect(interval.contains(Double(correct) / Double(samples)))
      }
    }
  }
}
