import Terminal
import Testing

@Suite struct SliderTests {
  private let slider = Slider(.amount, at: 550, default: 300)

  @Test func unicode() {
    #expect(render(slider, 22) == "├━━━━━━┿━━━●┄┄┄┄┄┄┄┄┄┤")
    #expect(render(Slider(.amount, at: 0, default: 700), 12) == "├●┄┄┄┄┄┼┄┄┄┤")
    #expect(render(Slider(.amount, at: 1000), 12) == "├━━━━━━━━━●┤")
  }

  @Test func ascii() {
    #expect(render(slider, 22, glyphs: .ascii) == "[======+===O---------]")
  }

  @Test func narrow() {
    #expect(render(Slider(.amount, at: 1000, default: 500), 4) == "━━┿●")
    #expect(render(slider, 1) == "●")
  }

  @Test func theTrackShowsTheFuture() {
    let green = Color(hex: 0x00ff00)
    let red = Color(hex: 0xff0000)
    let slider = Slider(.amount, at: 0, colors: [green, green, nil, red])
    let row = drawn(slider, 10)
    let track = (1...8).map { row[Point(x: $0, y: 0)].style.foreground }
    let plain = Theme.standard.sliderTrack
    #expect(track == [Theme.standard.sliderThumb, green, green, green, plain, plain, red, red])
  }

  @Test func withoutColorsTheTrackIsPlain() {
    let look = Look(theme: .standard, depth: .none)
    let row = drawn(Slider(.amount, at: 500, colors: [Color(hex: 0xff0000)]), 10, look: look)
    #expect(row.cells(0).allSatisfy { $0.style.foreground == .terminal })
  }

  @Test func theMouseMeansTheColumn() {
    let rect = Rect(x: 10, y: 3, width: 13, height: 1)
    #expect(slider.tick(at: Point(x: 11, y: 3), in: rect) == 0)
    #expect(slider.tick(at: Point(x: 16, y: 9), in: rect) == 500)
    #expect(slider.tick(at: Point(x: 99, y: 3), in: rect) == 1000)
  }
}

extension Buffer {
  fileprivate func cells(_ row: Int) -> [Cell] {
    (0..<size.columns).map { self[Point(x: $0, y: row)] }
  }
}
