/// The colours of a screen, by what they mean.
///
/// Views take styles (`Theme+Styles.swift`) and gradients from here and never name a colour themselves.
public struct Theme: Hashable, Sendable {
  /// The parts of the screen whose frames have a colour of their own.
  public enum Frame: Hashable, Sendable, CaseIterable {
    case layers, result, chart, detail, dialog
  }

  public let name: String
  /// Without colours: only attributes tell things apart.
  public let isMonochrome: Bool

  public let background: Color
  public let foreground: Color
  public let title: Color
  /// Keys that can be pressed, and what has the focus.
  public let highlight: Color
  public let selectedBackground: Color
  public let selectedForeground: Color
  public let inactive: Color
  public let graphText: Color
  public let meterBackground: Color
  public let divider: Color
  public let frames: [Frame: Color]

  /// Each from little to much. Of accuracy what counts is what is lost: 0 is none.
  public let macs: Gradient
  public let size: Gradient
  public let latency: Gradient
  public let accuracy: Gradient
  public let sparsity: Gradient

  public let sliderFill: Color
  public let sliderTrack: Color
  public let sliderThumb: Color
  public let stale: Color
  public let better: Color
  public let worse: Color
  public let pareto: Color

  /// A theme from a file. Unknown keys are ignored, and what is missing follows from what is there.
  ///
  /// btop's names are ours as follows: `cpu` is MACs, `used` size, `temp` latency, `process` accuracy and
  /// `available` sparsity; `cpu_box`, `mem_box`, `net_box` and `proc_box` are the frames of layers, result,
  /// chart and detail. Our own keys, which btop ignores, are `slider_fill`, `slider_track`, `slider_thumb`,
  /// `stale`, `better`, `worse`, `pareto` and `dialog_box`.
  public init(_ file: ThemeFile, name: String) {
    let colors = file.colors
    func color(_ keys: String..., otherwise: Color) -> Color {
      for key in keys {
        if let color = colors[key] { return color }
      }
      return otherwise
    }
    /// An empty start is as good as none.
    func gradient(_ keys: String..., otherwise: Gradient) -> Gradient {
      for key in keys {
        if let start = colors[key + "_start"], start != .terminal {
          return Gradient(start: start, mid: colors[key + "_mid"], end: colors[key + "_end"])
        }
      }
      return otherwise
    }
    self.name = name
    isMonochrome = false
    background = color("main_bg", otherwise: .terminal)
    foreground = color("main_fg", otherwise: background.readableText)
    title = color("title", otherwise: foreground)
    highlight = color("hi_fg", otherwise: Color(hex: 0x268bd2))
    selectedBackground = color("selected_bg", otherwise: Color(hex: 0x268bd2))
    selectedForeground = color("selected_fg", otherwise: selectedBackground.readableText)
    inactive = color("inactive_fg", otherwise: Color(hex: 0x808080))
    graphText = color("graph_text", otherwise: inactive)
    meterBackground = color("meter_bg", otherwise: inactive)
    divider = color("div_line", otherwise: inactive)
    frames = [
      .layers: color("cpu_box", otherwise: divider),
      .result: color("mem_box", otherwise: divider),
      .chart: color("net_box", otherwise: divider),
      .detail: color("proc_box", otherwise: divider),
      .dialog: color("dialog_box", otherwise: highlight),
    ]
    macs = gradient("cpu", otherwise: .standard)
    size = gradient("used", "cpu", otherwise: .standard)
    latency = gradient("temp", "cpu", otherwise: .standard)
    // btop itself takes the colours of the processor where those of a process are missing.
    accuracy = gradient("process", "cpu", otherwise: .standard)
    sparsity = gradient("available", "free", "cpu", otherwise: .standard)
    sliderFill = color("slider_fill", otherwise: highlight)
    sliderTrack = color("slider_track", otherwise: inactive)
    sliderThumb = color("slider_thumb", otherwise: title)
    stale = color("stale", otherwise: inactive)
    better = color("better", otherwise: macs[0])
    worse = color("worse", otherwise: macs[1])
    pareto = color("pareto", otherwise: highlight)
  }

  private init(monochrome name: String) {
    self.name = name
    isMonochrome = true
    background = .terminal
    foreground = .terminal
    title = .terminal
    highlight = .terminal
    selectedBackground = .terminal
    selectedForeground = .terminal
    inactive = .terminal
    graphText = .terminal
    meterBackground = .terminal
    divider = .terminal
    frames = [:]
    let none = Gradient(start: .terminal)
    (macs, size, latency, accuracy, sparsity) = (none, none, none, none, none)
    (sliderFill, sliderTrack, sliderThumb) = (.terminal, .terminal, .terminal)
    (stale, better, worse, pareto) = (.terminal, .terminal, .terminal, .terminal)
  }

  /// What a program without any theme file shows: the terminal's own background, and colours that can be
  /// read on light and on dark.
  public static let standard = Theme(ThemeFile("", name: "standard"), name: "standard")

  /// The same theme for a screen without colours.
  public var monochrome: Theme { Theme(monochrome: name) }
}

extension Gradient {
  /// Green, yellow, red, each readable on light and dark.
  fileprivate static let standard = Gradient(
    start: Color(hex: 0x5f9700), mid: Color(hex: 0xb58900), end: Color(hex: 0xdc322f))
}

extension Color {
  /// Black or white, whichever is easier to read upon this colour.
  package var readableText: Color {
    guard case .rgb(let red, let green, let blue) = self else { return .terminal }
    // Rec. 709 luma, in thousandths.
    let luma = 213 * Int(red) + 715 * Int(green) + 72 * Int(blue)
    return luma > 140_000 ? .rgb(0, 0, 0) : .rgb(255, 255, 255)
  }
}
