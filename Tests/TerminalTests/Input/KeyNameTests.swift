import Terminal
import Testing

@Suite struct KeyNameTests {
  @Test(arguments: [
    ("j", Key.character("j")), ("J", .character("J")), ("left", Key(.left)),
    ("shift-left", Key(.left, .shift)),
    ("ctrl-c", .control("c")), ("ctrl-alt-delete", Key(.delete, [.control, .alt])), ("f1", Key(.function(1))),
    ("f", .character("f")), ("space", .character(" ")), ("-", .character("-")), ("ctrl--", .control("-")),
    ("escape", Key(.escape)), ("backtab", Key(.backTab)), ("é", .character("é")),
  ])
  func readsAndWrites(_ name: String, _ key: Key) {
    #expect(Key(name: name) == key)
    #expect(key.description == name)
  }

  @Test(arguments: ["", "lefty", "f99", "hyper-x", "ctrl-"]) func refuses(_ name: String) {
    #expect(Key(name: name) == nil)
  }
}
