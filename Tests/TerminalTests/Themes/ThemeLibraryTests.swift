import Foundation
import Terminal
import Testing

@Suite struct ThemeLibraryTests {
  /// The themes that come with the program.
  private let ours = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Themes").standardizedFileURL

  @Test func everyThemeOfOursIsWithoutFault() throws {
    let library = ThemeLibrary(folders: [ours])
    #expect(library.names.count >= 10)
    #expect(library.names.contains("pare"))
    for name in library.names {
      let (theme, problems) = try library.theme(named: name)
      #expect(problems.isEmpty, "\(name)")
      #expect(theme.name == name)
      #expect(name == "pare" || contrast(theme.foreground, theme.background) >= 4, "\(name): text")
      #expect(contrast(theme.selectedForeground, theme.selectedBackground) >= 3, "\(name): selection")
      #expect(name == "pare" || contrast(theme.inactive, theme.background) >= 2, "\(name): inactive")
    }
  }

  @Test func theDefaultCanBeReadOnLightAndOnDark() throws {
    let theme = try ThemeLibrary(folders: [ours]).theme(named: "pare").theme
    #expect(theme.background == .terminal)
    #expect(theme.foreground == .terminal)
    let colors = [
      theme.highlight, theme.inactive, theme.better, theme.worse, theme.pareto, theme.sliderFill,
      theme.macs[0.5],
      theme.size[0.5], theme.accuracy[0.5],
    ]
    for color in colors {
      #expect(contrast(color, .rgb(255, 255, 255)) >= 2.8, "\(color)")
      #expect(contrast(color, .rgb(0, 0, 0)) >= 2.8, "\(color)")
    }
  }

  @Test func theFirstFolderWins() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "themes-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let mine = root.appending(path: "pare/themes")
    let btops = root.appending(path: "btop/themes")
    for folder in [mine, btops] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try "theme[title]=\"#01\"".write(to: mine.appending(path: "a.theme"), atomically: true, encoding: .utf8)
    try "theme[title]=\"#02\"".write(to: btops.appending(path: "a.theme"), atomically: true, encoding: .utf8)
    try "nonsense".write(to: btops.appending(path: "b.theme"), atomically: true, encoding: .utf8)
    let library = ThemeLibrary(ours: ours, environment: ["XDG_CONFIG_HOME": root.path(percentEncoded: false)])
    #expect(try library.theme(named: "a").theme.title == Color(hex: 0x010101))
    #expect(try library.theme(named: "b").problems.map(\.line) == [1])
    #expect(try library.theme(named: "nord").theme.background == Color(hex: 0x2e3440))
    #expect(library.names.contains("b"))
    let path = btops.appending(path: "a.theme").path(percentEncoded: false)
    #expect(try library.theme(named: path).theme.title == Color(hex: 0x020202))
  }

  @Test func namesWhatThereIs() {
    let library = ThemeLibrary(folders: [ours])
    #expect(throws: ThemeError.notFound(name: "none", available: library.names)) {
      try library.theme(named: "none")
    }
  }

  /// WCAG 2's contrast ratio.
  private func contrast(_ one: Color, _ other: Color) -> Double {
    let values = [one, other].map(luminance).sorted()
    return (values[1] + 0.05) / (values[0] + 0.05)
  }

  private func luminance(_ color: Color) -> Double {
    guard let hex = color.hex else { return 0 }
    let parts = [16, 8, 0].map { shift -> Double in
      let value = Double(hex >> UInt32(shift) & 0xff) / 255
      return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
}
