import Graph
import Testing

@Suite struct DimTests {
  @Test func productAndQuotientKeepSymbols() {
    let batch = Dim.symbol("N")
    let total = batch * 50 * 16
    #expect(total / (Dim(800)) == batch)
    #expect(total / batch == Dim(800))
    #expect(total / (batch * 7) == nil)
    #expect(total.binding(["N": 2]).value == 1600)
  }
}
