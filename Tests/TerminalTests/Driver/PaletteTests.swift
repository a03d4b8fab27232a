import Terminal
import Testing

@Suite struct PaletteTests {
  @Test(arguments: [
    (UInt32(0x000000), 0), (0xffffff, 15), (0xff0000, 9), (0x00ff00, 10), (0xfb4934, 9), (0x88c0d0, 6),
    (0x808080, 8), (0xfdf6e3, 15), (0x282a36, 0),
  ])
  func sixteen(_ hex: UInt32, _ index: Int) {
    #expect(Palette(.sixteen).index(of: Color(hex: hex)) == index)
  }

  @Test(arguments: [(UInt32(0xff0000), 1), (0x0000ff, 4), (0xeeeeee, 7), (0x101010, 0)])
  func eight(_ hex: UInt32, _ index: Int) {
    #expect(Palette(.eight).index(of: Color(hex: hex)) == index)
  }

  @Test(arguments: [
    (UInt32(0xff0000), 196), (0x5f87af, 67), (0x080808, 232), (0xeeeeee, 255), (0x000000, 16),
  ])
  func indexed(_ hex: UInt32, _ index: Int) {
    #expect(Palette(.indexed).index(of: Color(hex: hex)) == index)
  }

  @Test func direct() {
    #expect(Palette(.direct).index(of: Color(hex: 0x123456)) == 0x123456)
    #expect(Palette(.direct).index(of: Color(hex: 0x000003)) == 8)
  }

  @Test(arguments: ColorDepth.allCases) func theTerminalsOwn(_ depth: ColorDepth) {
    #expect(Palette(depth).index(of: .terminal) == -1)
  }

  @Test(arguments: [ColorDepth.eight, .sixteen, .indexed, .direct]) func textNeverVanishes(
    _ depth: ColorDepth
  ) {
    let palette = Palette(depth)
    for level in stride(from: 0, through: 255, by: 5) {
      let color = Color.rgb(UInt8(level), UInt8(level), UInt8(min(255, level + 4)))
      let same = palette.indices(color, on: color)
      #expect(same.foreground != same.background)
      let near = palette.indices(.rgb(UInt8(level), UInt8(level), UInt8(level)), on: color)
      #expect(near.foreground != near.background)
    }
  }
}
