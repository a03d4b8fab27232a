import Terminal
import Testing

@Suite struct BufferTests {
  private func blank(_ columns: Int, _ rows: Int) -> Buffer {
    Buffer(size: Size(columns: columns, rows: rows))
  }

  @Test func writesAndReturnsColumns() {
    var buffer = blank(10, 2)
    let used = buffer.write("size", at: Point(x: 2, y: 1))
    #expect(used == 4)
    #expect(buffer.dump() == "\n  size")
  }

  @Test func clipsAtEverySide() {
    var buffer = blank(4, 2)
    buffer.write("abcdef", at: Point(x: -1, y: 0))
    buffer.write("above", at: Point(x: 0, y: -1))
    buffer.write("below", at: Point(x: 0, y: 2))
    #expect(buffer.dump() == "bcde\n")
  }

  @Test func clipsToARectAndBack() {
    var buffer = blank(6, 1)
    buffer.clipped(to: Rect(x: 1, y: 0, width: 2, height: 1)) { $0.write("abcdef", at: .zero) }
    #expect(buffer.dump() == " bc")
    buffer.write("x", at: Point(x: 5, y: 0))
    #expect(buffer.dump() == " bc  x")
  }

  @Test func stopsAtMaxWidth() {
    var buffer = blank(9, 1)
    #expect(buffer.write("abcdef", at: .zero, maxWidth: 3) == 3)
    #expect(buffer.write("漢字", at: Point(x: 4, y: 0), maxWidth: 3) == 2)
    #expect(buffer.dump() == "abc 漢")
  }

  @Test func wideCharactersTakeTwoColumns() {
    var buffer = blank(5, 1)
    #expect(buffer.write("漢字x", at: .zero) == 5)
    #expect(buffer[Point(x: 1, y: 0)].isContinuation)
    #expect(buffer.dump() == "漢字x")
  }

  @Test(arguments: [0, 1]) func overwritingAHalfBlanksTheOther(_ x: Int) {
    var buffer = blank(2, 1)
    buffer.write("漢", at: .zero)
    buffer.write("x", at: Point(x: x, y: 0))
    #expect(buffer.text(ofRow: 0) == (x == 0 ? "x " : " x"))
  }

  @Test func wideCharacterAtTheEdgeIsLeftOut() {
    var buffer = blank(3, 1)
    buffer.write("ab漢", at: .zero)
    #expect(buffer.text(ofRow: 0) == "ab ")
  }

  @Test func overlappingWideCharactersLeaveNoHalves() {
    var buffer = blank(4, 1)
    buffer.write("漢字", at: .zero)
    buffer.write("界", at: Point(x: 1, y: 0))
    #expect(buffer.text(ofRow: 0) == " 界 ")
  }

  @Test func combiningMarksJoinTheirCharacter() {
    var buffer = blank(4, 1)
    #expect(buffer.write("e\u{301}a", at: .zero) == 2)
    #expect(buffer[.zero].mark == "\u{301}")
    #expect(buffer.dump() == "e\u{301}a")
  }

  @Test func controlCharactersAreNotPassedOn() {
    var buffer = blank(8, 1)
    buffer.write("a\u{1b}[2Jb\u{9b}", at: .zero)
    #expect(buffer.dump() == "a?[2Jb?")
  }

  @Test func textKeepsTheBackgroundBeneathAndTakesTheBaseForeground() {
    let ink = Color(hex: 0x112233)
    let paper = Color(hex: 0xeeeeee)
    var buffer = Buffer(size: Size(columns: 2, rows: 1), base: Style(ink, on: paper))
    buffer.restyle(Rect(x: 1, y: 0, width: 1, height: 1)) { $0.background = Color(hex: 0xff0000) }
    buffer.write("ab", at: .zero, style: Style(attributes: .bold))
    #expect(buffer[.zero].style == Style(ink, on: paper, .bold))
    #expect(buffer[Point(x: 1, y: 0)].style == Style(ink, on: Color(hex: 0xff0000), .bold))
  }

  @Test func blitIsClippedOnEverySide() {
    var stamp = blank(4, 1)
    stamp.write("漢字", at: .zero)
    var buffer = blank(4, 1)
    buffer.blit(stamp, at: Point(x: 0, y: 0))
    #expect(buffer.text(ofRow: 0) == "漢字")
    buffer = blank(4, 1)
    buffer.blit(stamp, at: Point(x: -1, y: 0))
    #expect(buffer.text(ofRow: 0) == " 字 ")
    buffer = blank(4, 1)
    buffer.blit(stamp, at: Point(x: 1, y: 0))
    #expect(buffer.text(ofRow: 0) == " 漢 ")
  }

  @Test func alignsWithinARect() {
    var buffer = blank(8, 3)
    buffer.write("12", in: Rect(x: 0, y: 0, width: 8, height: 1), .trailing)
    buffer.write("12", in: Rect(x: 0, y: 1, width: 8, height: 1), .center)
    buffer.write("a long name", in: Rect(x: 0, y: 2, width: 8, height: 1))
    #expect(buffer.dump() == "      12\n   12\na long …")
  }

  @Test func dumpsStylesAsLetters() {
    var buffer = blank(4, 1)
    buffer.write("ab", at: .zero, style: Style(Color(hex: 0xff0000), .bold))
    #expect(buffer.dumpWithStyles() == "ab\naa..\na: #ff0000 on - bold")
  }

  @Test func asciiKeepsColumns() {
    var buffer = blank(10, 1)
    buffer.write("漢 → ±3 ━●", at: .zero)
    #expect(buffer.inASCII().text(ofRow: 0) == "?  > ~3 =*")
  }

  @Test func anEmptyBufferTakesAnything() {
    var buffer = blank(0, 0)
    buffer.write("x", at: .zero)
    buffer.fill(Rect(x: 0, y: 0, width: 5, height: 5), with: Cell("x"))
    #expect(buffer.dump() == "")
    #expect(buffer[Point(x: 3, y: 3)].scalar == " ")
  }
}
