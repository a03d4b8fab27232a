import Terminal
import Testing

@Suite struct GradientTests {
  private let black = Color(hex: 0)
  private let white = Color(hex: 0xffffff)
  private let red = Color(hex: 0xff0000)

  @Test func threeColors() {
    let gradient = Gradient(start: black, mid: red, end: white)
    #expect(gradient.colors.count == 101)
    #expect(gradient[0] == black)
    #expect(gradient[0.5] == red)
    #expect(gradient[1] == white)
    #expect(gradient[0.25] == .rgb(127, 0, 0))
  }

  @Test func twoColors() {
    let gradient = Gradient(start: black, mid: .terminal, end: white)
    #expect(gradient[0.5] == .rgb(127, 127, 127))
  }

  @Test func withoutAnEndItIsTheStart() {
    #expect(Gradient(start: red, mid: white, end: .terminal).colors.allSatisfy { $0 == red })
  }

  @Test func beyondTheEnds() {
    let gradient = Gradient(start: black, end: white)
    #expect(gradient[-3] == black)
    #expect(gradient[7] == white)
    #expect(gradient[.nan] == black)
  }
}
