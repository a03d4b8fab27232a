import Testing
import Workbench

struct WilsonIntervalTests {
  /// Expected values by the formula in Python's floating point.
  @Test(arguments: [
    (9203, 10000, 0.9148290, 0.9254482), (5, 10, 0.2365931, 0.7634069), (0, 20, 0.0, 0.1611252),
    (20, 20, 0.8388748, 1.0), (1, 1, 0.2065493, 1.0),
  ])
  func matchesKnownValues(correct: Int, samples: Int, low: Double, high: Double) {
    let interval = WilsonInterval.of(correct: correct, samples: samples)
    #expect(abs(interval.lowerBound - low) < 1e-6)
    #expect(abs(interval.upperBound - high) < 1e-6)
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
