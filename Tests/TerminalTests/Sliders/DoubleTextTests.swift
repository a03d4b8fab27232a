import Terminal
import Testing

@Suite struct DoubleTextTests {
  @Test(arguments: [
    (0.0, 2, "0.00"), (1.005, 1, "1.0"), (-0.667, 2, "-0.67"), (12.5, 0, "13"), (0.05, 2, "0.05"),
    (-0.001, 2, "0.00"), (99.999, 2, "100.00"),
  ])
  func exactly(_ value: Double, _ decimals: Int, _ text: String) {
    #expect(value.text(decimals: decimals) == text)
  }

  @Test(arguments: [
    (55.0, 3, "55"), (37.5, 3, "37.5"), (100.0, 2, "100"), (0.1, 9, "0.1"), (Double.nan, 1, "–"),
  ])
  func atMost(_ value: Double, _ decimals: Int, _ text: String) {
    #expect(value.text(upTo: decimals) == text)
  }
}
