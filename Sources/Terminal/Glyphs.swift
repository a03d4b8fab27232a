/// The characters that widgets draw with.
public struct Glyphs: Hashable, Sendable {
  public let isUnicode: Bool

  // Frames.
  public let topLeft: Unicode.Scalar
  public let topRight: Unicode.Scalar
  public let bottomLeft: Unicode.Scalar
  public let bottomRight: Unicode.Scalar
  public let horizontal: Unicode.Scalar
  public let vertical: Unicode.Scalar
  /// Where an axis has a label.
  public let axisTick: Unicode.Scalar

  // Sliders.
  public let trackStart: Unicode.Scalar
  public let trackEnd: Unicode.Scalar
  public let trackFilled: Unicode.Scalar
  public let trackEmpty: Unicode.Scalar
  public let thumb: Unicode.Scalar
  public let defaultMark: Unicode.Scalar
  public let defaultMarkFilled: Unicode.Scalar
  public let stopOpen: Unicode.Scalar
  public let stopClose: Unicode.Scalar

  // Bars: the last is a full cell, and each before it one part less.
  public let verticalBars: [Unicode.Scalar]
  public let horizontalBars: [Unicode.Scalar]
  public let gaugeEmpty: Unicode.Scalar
  public let cut: Unicode.Scalar

  // Signs in text.
  public let cursor: Unicode.Scalar
  public let dot: Unicode.Scalar
  public let hollowDot: Unicode.Scalar
  public let up: Unicode.Scalar
  public let down: Unicode.Scalar
  public let arrow: Unicode.Scalar
  public let ellipsis: Character

  public static let unicode = Glyphs(
    isUnicode: true,
    topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯", horizontal: "─", vertical: "│",
    axisTick: "┤",
    trackStart: "├", trackEnd: "┤", trackFilled: "━", trackEmpty: "┄", thumb: "●", defaultMark: "┼",
    defaultMarkFilled: "┿",
    stopOpen: "‹", stopClose: "›",
    verticalBars: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    horizontalBars: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"], gaugeEmpty: "░", cut: "┊",
    cursor: "▸", dot: "●", hollowDot: "○", up: "▴", down: "▾", arrow: "→", ellipsis: "…")

  public static let ascii = Glyphs(
    isUnicode: false,
    topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", horizontal: "-", vertical: "|",
    axisTick: "+",
    trackStart: "[", trackEnd: "]", trackFilled: "=", trackEmpty: "-", thumb: "O", defaultMark: "+",
    defaultMarkFilled: "+",
    stopOpen: "<", stopClose: ">",
    verticalBars: ["_", ".", ":", "+", "=", "*", "%", "#"], horizontalBars: ["#"], gaugeEmpty: ".", cut: "|",
    cursor: ">", dot: "*", hollowDot: "o", up: "^", down: "v", arrow: ">", ellipsis: "~")
}
