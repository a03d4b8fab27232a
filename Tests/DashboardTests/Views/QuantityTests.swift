import Dashboard
import Testing

struct QuantityTests {
  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "1.00 KB"), (9994, "9.99 KB"), (9996, "10.0 KB"), (211_900, "212 KB"),
    (999_499, "999 KB"), (999_500, "1.00 MB"), (1_724_320, "1.72 MB"), (4_000_000_000, "4.00 GB"),
  ])
  func bytes(value: Int, text: String) { #expect(value.asBytes == text) }

  @Test func counts() {
    #expect(850.asCount == "850")
    #expect(431_080.asCount == "431 k")
    #expect(2_293_000.asCount == "2.29 M")
    #expect(10_000.grouped == "10,000")
    #expect((-1_234_567).grouped == "-1,234,567")
    #expect(12.grouped == "12")
  }

  @Test func fractions() {
    #expect(0.8841.asPercent == "88.41")
    #expect(0.0001.asShare == "<0.1 %")
    #expect(1.0.asShare == "100 %")
    #expect(8.14.asFactor == "8.1")
    #expect(1.004.asFactor == "1.004")
  }
}
