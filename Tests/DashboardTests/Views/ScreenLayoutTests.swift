import Dashboard
import Terminal
import Testing

struct ScreenLayoutTests {
  private func parts(_ layout: ScreenLayout) -> [Rect] {
    var parts = [
      layout.header, layout.layers, layout.detail, layout.result, layout.chart, layout.moves, layout.keys,
    ]
    if layout.status != layout.keys { parts.append(layout.status) }
    return parts.filter { !$0.isEmpty }
  }

  @Test(arguments: [0, 1, 4, 54, 1000])
  func nothingOverlapsAtAnySize(layerCount: Int) {
    for columns in 1...200 {
      for rows in 1...60 {
        let size = Size(columns: columns, rows: rows)
        let parts = parts(ScreenLayout(size, layerCount: layerCount))
        for (index, part) in parts.enumerated() {
          #expect(Rect(size).intersection(part) == part, "\(columns)x\(rows)")
          for other in parts[..<index] {
            #expect(part.intersection(other).isEmpty, "\(columns)x\(rows): \(part) and \(other)")
          }
        }
        guard !ScreenLayout.isTooSmall(size) else { continue }
        let layout = ScreenLayout(size, layerCount: layerCount)
        #expect(!layout.layers.isEmpty && !layout.result.isEmpty && !layout.keys.isEmpty)
        #expect(layout.layers.height >= 4 && layout.result.height >= 5, "\(columns)x\(rows)")
      }
    }
  }

  @Test func everySizeIsDrawn() throws {
    let sizes = (1...200).map { ($0, 1 + ($0 * 7) % 60) } + (1...60).map { (1 + ($0 * 37) % 200, $0) }
    for keys in ["", "?", "e", "t", "3"] {
      for (columns, rows) in sizes {
        var desk = try Desk(118, 30)
        desk.state.themeNames = ["nord", "standard"]
        desk.load()
        desk.press("j L s " + keys)
        desk.take(.resize(Size(columns: columns, rows: rows)))
        let screen = desk.screen
        #expect(screen.size == Size(columns: columns, rows: rows))
      }
    }
  }

  /// Where there is room, nothing that a person needs is cut.
  @Test(arguments: [60, 70, 76, 80, 90, 100, 117, 118, 140, 160, 200])
  func whatCountsIsInSightAtAnyWidth(columns: Int) throws {
    for rows in [16, 19, 20, 24, 30, 45, 60] {
      var desk = try Desk(columns, rows)
      desk.load()
      desk.press("L pause")
      desk.measure(9111)
      let text = desk.screen.dump()
      for part in [
        "Size", "1.73 MB", "MACs", "Accuracy", "92.03 %", "91.11 %", "10 %", "conv1", "? help", "q quit",
      ] {
        #expect(
          text.contains(part) || part == "1.73 MB" && text.contains("1.72 MB"),
          "\(part) at \(columns)x\(rows)")
      }
    }
  }
}
