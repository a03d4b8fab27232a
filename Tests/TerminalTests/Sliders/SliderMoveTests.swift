import Terminal
import Testing

@Suite struct SliderMoveTests {
  @Test(arguments: [
    ("left", SliderMove.step(-1)), ("right", .step(1)), ("h", .step(-1)), ("l", .step(1)),
    ("shift-right", .coarse(1)), ("H", .coarse(-1)), ("L", .coarse(1)), ("ctrl-left", .fine(-1)),
    ("home", .lowest), ("end", .highest),
  ])
  func keys(_ name: String, _ move: SliderMove) throws {
    #expect(SliderMove(try #require(Key(name: name))) == move)
  }

  /// Ctrl-H is Backspace on some terminals, and Ctrl-L is for repainting.
  @Test(arguments: ["x", "ctrl-h", "ctrl-l", "up"]) func others(_ name: String) throws {
    #expect(SliderMove(try #require(Key(name: name))) == nil)
  }
}
