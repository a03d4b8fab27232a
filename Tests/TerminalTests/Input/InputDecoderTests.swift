import Terminal
import Testing

@Suite struct InputDecoderTests {
  private let start = ContinuousClock.now

  /// Every event of `text` fed in one piece, and of what is left when time has passed.
  private func events(_ text: String) -> [Event] {
    var decoder = InputDecoder()
    return decoder.feed(Array(text.utf8), at: start) + decoder.expire(at: start + .seconds(5))
  }

  static let keys: [(String, Key)] = [
    ("j", .character("j")), ("H", .character("H")), (" ", .character(" ")), ("é", .character("é")),
    ("漢", .character("漢")), ("🙂", .character("🙂")),
    ("\u{1b}[A", Key(.up)), ("\u{1b}[B", Key(.down)), ("\u{1b}[C", Key(.right)), ("\u{1b}[D", Key(.left)),
    ("\u{1b}OA", Key(.up)), ("\u{1b}OD", Key(.left)),
    ("\u{1b}[1;2C", Key(.right, .shift)), ("\u{1b}[1;5D", Key(.left, .control)),
    ("\u{1b}[1;3A", Key(.up, .alt)), ("\u{1b}[1;6B", Key(.down, [.shift, .control])),
    ("\u{1b}[a", Key(.up, .shift)), ("\u{1b}[d", Key(.left, .shift)), ("\u{1b}Oc", Key(.right, .control)),
    ("\u{1b}\u{1b}[C", Key(.right, .alt)), ("\u{1b}O5C", Key(.right, .control)),
    ("\u{1b}[H", Key(.home)), ("\u{1b}[F", Key(.end)), ("\u{1b}OH", Key(.home)), ("\u{1b}OF", Key(.end)),
    ("\u{1b}[1~", Key(.home)), ("\u{1b}[4~", Key(.end)), ("\u{1b}[7~", Key(.home)), ("\u{1b}[8~", Key(.end)),
    ("\u{1b}[7^", Key(.home, .control)), ("\u{1b}[8$", Key(.end, .shift)),
    ("\u{1b}[8@", Key(.end, [.shift, .control])), ("\u{1b}[1;5H", Key(.home, .control)),
    ("\u{1b}[2~", Key(.insert)), ("\u{1b}[3~", Key(.delete)), ("\u{1b}[3;5~", Key(.delete, .control)),
    ("\u{1b}[5~", Key(.pageUp)), ("\u{1b}[6~", Key(.pageDown)),
    ("\t", Key(.tab)), ("\u{1b}[Z", Key(.backTab)), ("\r", Key(.enter)), ("\n", Key(.enter)),
    ("\u{7f}", Key(.backspace)), ("\u{8}", Key(.backspace)), ("\u{1b}\u{7f}", Key(.backspace, .alt)),
    ("\u{1b}", Key(.escape)), ("\u{1b}x", .character("x", .alt)), ("\u{1b}é", .character("é", .alt)),
    ("\u{1b}[", .character("[", .alt)), ("\u{1b}O", .character("O", .alt)),
    ("\u{1b}]", .character("]", .alt)),
    ("\u{1}", .control("a")), ("\u{1a}", .control("z")), ("\0", .control(" ")), ("\u{1f}", .control("_")),
    ("\u{1b}OP", Key(.function(1))), ("\u{1b}[11~", Key(.function(1))), ("\u{1b}[[A", Key(.function(1))),
    ("\u{1b}[[E", Key(.function(5))), ("\u{1b}[15~", Key(.function(5))), ("\u{1b}[17~", Key(.function(6))),
    ("\u{1b}[21~", Key(.function(10))), ("\u{1b}[24~", Key(.function(12))),
    ("\u{1b}[1;2P", Key(.function(1), .shift)), ("\u{1b}[15;5~", Key(.function(5), .control)),
    ("\u{1b}[97;5u", .character("a", .control)), ("\u{1b}[27;5;9~", Key(.tab, .control)),
    ("\u{1b}[27u", Key(.escape)), ("\u{1b}OM", Key(.enter)), ("\u{1b}Ok", .character("+")),
  ]

  @Test(arguments: keys) func decodesKeys(_ text: String, _ key: Key) {
    #expect(events(text) == [.key(key)])
  }

  /// Whatever way the bytes are split, the events are the same.
  @Test(arguments: keys) func decodesKeysSplitAnywhere(_ text: String, _ key: Key) {
    let bytes = Array(text.utf8)
    for split in 1..<max(2, bytes.count) where split < bytes.count {
      var decoder = InputDecoder()
      var events = decoder.feed(bytes[..<split], at: start)
      #expect(events.isEmpty)
      #expect(decoder.deadline != nil)
      events += decoder.feed(bytes[split...], at: start + .milliseconds(150))
      events += decoder.expire(at: start + .seconds(5))
      #expect(events == [.key(key)], "split after \(split)")
      #expect(decoder.deadline == nil)
    }
  }

  @Test func everyKeyOfOneReadCounts() {
    #expect(
      events("jj\u{1b}[A\u{1b}[1;2Cq") == [
        .key(.character("j")), .key(.character("j")), .key(Key(.up)), .key(Key(.right, .shift)),
        .key(.character("q")),
      ])
  }

  @Test func escapesInARow() {
    #expect(events("\u{1b}\u{1b}") == [.key(Key(.escape)), .key(Key(.escape))])
    #expect(events("\u{1b}\u{1b}x") == [.key(Key(.escape)), .key(.character("x", .alt))])
  }

  @Test func waitsForTheRestOfAnArrow() {
    var decoder = InputDecoder(escapeDelay: .milliseconds(100))
    #expect(decoder.feed([0x1b], at: start).isEmpty)
    #expect(decoder.deadline == start + .milliseconds(100))
    #expect(decoder.expire(at: start + .milliseconds(99)).isEmpty)
    #expect(decoder.feed(Array("[A".utf8), at: start + .milliseconds(99)) == [.key(Key(.up))])
    #expect(decoder.deadline == nil)
  }

  @Test func aVeryLateRestIsStillAnArrowAndNeverText() {
    var decoder = InputDecoder(escapeDelay: .milliseconds(100))
    _ = decoder.feed([0x1b], at: start)
    #expect(decoder.expire(at: start + .milliseconds(100)) == [.key(Key(.escape))])
    #expect(decoder.feed(Array("[A".utf8), at: start + .milliseconds(700)) == [.key(Key(.up))])
  }

  @Test func textAfterEscapeIsText() {
    var decoder = InputDecoder(escapeDelay: .milliseconds(100))
    _ = decoder.feed([0x1b], at: start)
    _ = decoder.expire(at: start + .milliseconds(100))
    #expect(decoder.feed(Array("[".utf8), at: start + .milliseconds(700)) == [.key(.character("["))])
    _ = decoder.feed([0x1b], at: start + .seconds(1))
    _ = decoder.expire(at: start + .seconds(2))
    #expect(
      decoder.feed(Array("[A".utf8), at: start + .seconds(4)) == [
        .key(.character("[")), .key(.character("A")),
      ])
  }

  @Test func mouseWithEveryDetail() {
    let text =
      "\u{1b}[<0;5;3M\u{1b}[<32;6;3M\u{1b}[<0;6;3m\u{1b}[<2;1;1M\u{1b}[<64;9;9M\u{1b}[<81;9;9M\u{1b}[<35;1;1M"
    #expect(
      events(text) == [
        .mouse(Mouse(.press(.left), at: Point(x: 4, y: 2))),
        .mouse(Mouse(.drag(.left), at: Point(x: 5, y: 2))),
        .mouse(Mouse(.release(.left), at: Point(x: 5, y: 2))), .mouse(Mouse(.press(.right), at: .zero)),
        .mouse(Mouse(.wheelUp, at: Point(x: 8, y: 8))),
        .mouse(Mouse(.wheelDown, at: Point(x: 8, y: 8), .control)),
      ])
  }

  @Test func mouseBeyondColumn223() {
    #expect(events("\u{1b}[<0;300;120M") == [.mouse(Mouse(.press(.left), at: Point(x: 299, y: 119)))])
  }

  @Test func oldMouse() {
    #expect(
      events("\u{1b}[M !!\u{1b}[M#!!x") == [
        .mouse(Mouse(.press(.left), at: .zero)), .mouse(Mouse(.release(.left), at: .zero)),
        .key(.character("x")),
      ])
  }

  @Test func pasteIsOneEventHoweverItIsSplit() {
    let text = "a\u{1b}[200~q\u{1b}[Ax\n\u{1b}[201~b"
    let bytes = Array(text.utf8)
    let expected: [Event] = [.key(.character("a")), .paste("q\u{1b}[Ax\n"), .key(.character("b"))]
    #expect(events(text) == expected)
    for split in 1..<bytes.count {
      var decoder = InputDecoder()
      let events = decoder.feed(bytes[..<split], at: start) + decoder.feed(bytes[split...], at: start)
      #expect(events == expected, "split after \(split)")
    }
    var decoder = InputDecoder()
    #expect(bytes.flatMap { decoder.feed([$0], at: start) } == expected)
  }

  @Test func pastedLinesEndInNewlines() {
    #expect(events("\u{1b}[200~a\rb\r\nc\u{1b}[201~") == [.paste("a\nb\nc")])
  }

  @Test func aPasteWithoutEndDoesNotSwallowKeysForever() {
    var decoder = InputDecoder()
    #expect(decoder.feed(Array("\u{1b}[200~abc".utf8), at: start).isEmpty)
    #expect(decoder.expire(at: start + .seconds(2)) == [.paste("abc")])
    #expect(decoder.feed(Array("q".utf8), at: start + .seconds(3)) == [.key(.character("q"))])
  }

  @Test func repliesAndNonsenseAreDropped() {
    #expect(
      events("\u{1b}[?2026;2$y\u{1b}[?62;22c\u{1b}]11;rgb:ff/ff/ff\u{7}\u{1b}P1$r0m\u{1b}\\j") == [
        .key(.character("j"))
      ])
    #expect(events("\u{1b}[999~\u{1b}[1;1\u{1b}[A") == [.key(Key(.up))])
  }

  @Test func brokenUTF8IsDropped() {
    var decoder = InputDecoder()
    #expect(
      decoder.feed([0xff, 0xc3, 0x6a, 0x80, 0x6b], at: start) == [
        .key(.character("j")), .key(.character("k")),
      ])
    #expect(decoder.feed([0xe6, 0xbc], at: start).isEmpty)
    #expect(decoder.expire(at: start + .seconds(1)).isEmpty)
    #expect(decoder.feed([0x6a], at: start + .seconds(1)) == [.key(.character("j"))])
  }

  @Test func focus() {
    #expect(events("\u{1b}[I\u{1b}[O") == [.focus(true), .focus(false)])
  }

  /// No bytes whatever can hang or crash it.
  @Test func survivesAnything() {
    var generator = SystemRandomNumberGenerator()
    let alphabet: [UInt8] = [
      0x1b, 0x5b, 0x4f, 0x3b, 0x31, 0x32, 0x3c, 0x4d, 0x7e, 0x24, 0x00, 0xc3, 0xff, 0x41,
    ]
    for _ in 0..<2000 {
      var decoder = InputDecoder()
      var now = start
      for _ in 0..<8 {
        let count = Int.random(in: 0...6, using: &generator)
        let bytes = (0..<count).compactMap { _ in alphabet.randomElement(using: &generator) }
        _ = decoder.feed(bytes, at: now)
        now += .milliseconds(Int.random(in: 0...400, using: &generator))
        _ = decoder.expire(at: now)
      }
      _ = decoder.expire(at: now + .seconds(9))
      #expect(decoder.deadline == nil)
    }
  }
}
