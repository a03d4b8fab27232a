import Terminal

/// The keys of the main screen, in one place: for the line at the bottom, the help and the mouse.
package enum MainKeys {
  package struct Entry: Hashable, Sendable {
    package var keys: String
    package var text: String
  }

  package struct Section: Hashable, Sendable {
    package var title: String
    package var entries: [Entry]

    init(_ title: String, _ entries: [(String, String)]) {
      self.title = title
      self.entries = entries.map { Entry(keys: $0.0, text: $0.1) }
    }
  }

  /// Everything that a key does, as the help has it.
  package static let sections: [Section] = [
    Section(
      "Where",
      [
        ("↑ ↓  k j", "the layer above or below"), ("PgUp PgDn", "a page of layers"),
        ("Tab Shift-Tab", "the next slider of the layer, or the one before"),
        ("p  w  a", "prune amount, weight bits, activation bits"),
      ]),
    Section(
      "Sliders",
      [
        ("← →  h l", "one step: 1 %, or the next width"), ("Shift  H L", "ten steps"),
        ("Ctrl-← Ctrl-→", "a tenth of a step"), ("Home End", "the ends"),
        ("Enter or a digit", "type a value: 37.5, 0.375, 40%, +5"), ("Backspace", "back to the default"),
        ("r", "the whole row as in the original"),
      ]),
    Section(
      "Switches",
      [
        ("c", "prune weights, channels, or take channels out"),
        ("n", "rank by another norm or criterion"), ("o", "rank by layer, in the global list, by output"),
        ("g", "scales a channel, block or tensor; calibration"), ("z", "symmetric, affine, codebook, floats"),
        ("R", "switches of the whole model: repairs, scaling, tool"),
        ("b", "round weights plainly, by least squares, by GPTQ"),
      ]),
    Section(
      "Signs",
      [
        ("•", "the layer differs from the row of all"), ("c  x", "its channels are set to zero, or removed"),
        ("g", "it is ranked in the global list"), ("▴ ▾", "more or less than before"),
      ]),
    Section(
      "Keeping",
      [
        ("u", "undo"), ("U  Ctrl-R", "redo"), ("s", "save a snapshot"),
        ("S", "list snapshots: restore, compare, rename, delete"),
        ("m", "compare with the latest snapshot, or with the original"),
        ("e", "export the model and the recipe"),
      ]),
    Section(
      "Distillation",
      [
        ("d", "train what the settings make of the model"), ("Space", "there: start, pause, go on"),
        ("n  x", "there: start anew, stop"), ("e", "there: export the best state"),
        ("d  Esc", "there: back, while it goes on"),
      ]),
    Section(
      "Screen",
      [
        ("v", "how much each layer bears"),
        ("i", "size: dense, sparse, Huffman-coded, file, zstd"),
        ("t", "choose a theme"), ("M", "mouse on or off; Shift-drag selects text"),
        ("Ctrl-L", "draw the screen anew"), ("Ctrl-Z", "suspend"), ("?  F1", "this help"),
        ("q  Ctrl-C", "quit; everything is kept for the next time"),
      ]),
  ]

  private static let table: [(unicode: String, ascii: String, label: String, need: Int, key: Key?)] = [
    ("↑↓", "jk", "layer", 9, nil), ("←→", "hl", "move", 10, nil), ("⇥", "Tab", "slider", 8, Key(.tab)),
    ("⏎", "Enter", "type", 4, Key(.enter)), ("c", "c", "channels", 3, .character("c")),
    ("o", "o", "global", 2, .character("o")), ("u", "u", "undo", 6, .character("u")),
    ("s", "s", "snapshot", 5, .character("s")), ("m", "m", "compare", 1, .character("m")),
    ("d", "d", "distill", 3, .character("d")), ("e", "e", "export", 7, .character("e")),
    ("t", "t", "theme", 0, .character("t")),
    ("?", "?", "help", 12, .character("?")), ("q", "q", "quit", 11, .character("q")),
  ]

  static func hints(_ glyphs: Glyphs) -> [KeyBar.Hint] {
    table.map { KeyBar.Hint(glyphs.isUnicode ? $0.unicode : $0.ascii, $0.label, need: $0.need) }
  }

  /// The key that a click on a hint stands for.
  static func key(of hint: KeyBar.Hint) -> Key? { table.first { $0.label == hint.label }?.key }
}
