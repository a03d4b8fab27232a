import Terminal
import Testing

@Suite struct TextFieldTests {
  private func typed(_ names: String..., into text: String = "") -> TextField {
    var field = TextField(text)
    for name in names { #expect(Key(name: name).map { field.handle($0) } == true, "\(name)") }
    return field
  }

  @Test func insertsAndRemoves() {
    #expect(typed("5", "0", "%").text == "50%")
    #expect(typed("left", "x", into: "ab").text == "axb")
    #expect(typed("backspace", into: "ab").text == "a")
    #expect(typed("home", "delete", into: "ab").text == "b")
    #expect(typed("home", "backspace", into: "ab").text == "ab")
    #expect(typed("ctrl-u", into: "ab").text == "")
    #expect(typed("home", "right", "ctrl-k", into: "abc").text == "a")
    #expect(typed("ctrl-w", into: "my file.onnx").text == "my file.")
    #expect(typed("ctrl-left", "alt-left", "X", into: "my big file").text == "my Xbig file")
  }

  @Test func movesByCharacters() {
    #expect(typed("left", "backspace", into: "a漢é").text == "aé")
    let field = typed("left", into: "e\u{301}x")
    #expect(field.cursor == 1)
  }

  @Test func pastesOneLine() {
    var field = TextField("ab", limit: 6)
    field.insert("1\n2\u{1b}3456")
    #expect(field.text == "ab1234")
    #expect(field.cursor == 6)
  }

  @Test func aCombiningMarkJoins() {
    var field = TextField("e")
    field.insert("\u{301}")
    #expect(field.text.count == 1)
    #expect(field.cursor == 1)
  }

  @Test func leavesOtherKeys() {
    var field = TextField("ab")
    for name in ["enter", "escape", "up", "tab", "ctrl-s", "f1"] {
      #expect(Key(name: name).map { field.handle($0) } == false)
    }
    #expect(field.text == "ab")
  }

  @Test func drawsTheCursor() {
    let buffer = drawn(TextField("hello"), 8)
    #expect(buffer.dump() == "hello")
    let reversed = (0..<8).filter { buffer[Point(x: $0, y: 0)].style.attributes.contains(.reverse) }
    #expect(reversed == [5])
  }

  @Test func scrollsWithTheCursor() {
    #expect(render(TextField("hello world"), 6) == "world")
    #expect(render(typed("home", into: "hello world"), 6) == "hello")
    #expect(render(TextField("漢字漢字"), 6) == "漢字")
    #expect(render(TextField("", placeholder: "name"), 6, glyphs: .ascii) == "name")
  }
}
