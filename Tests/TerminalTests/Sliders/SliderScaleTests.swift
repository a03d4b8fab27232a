import Terminal
import Testing

@Suite struct SliderScaleTests {
  private let amount = SliderScale.amount
  private let bits = SliderScale.bits
  private let temperature = SliderScale.logarithmic(1...20)

  @Test func linearMoves() {
    #expect(amount.value(at: 375) == 0.375)
    #expect(amount.moved(375, by: .step(1)) == 385)
    #expect(amount.moved(375, by: .coarse(-1)) == 275)
    #expect(amount.moved(375, by: .fine(1)) == 376)
    #expect(amount.moved(995, by: .step(1)) == 1000)
    #expect(amount.moved(5, by: .coarse(-1)) == 0)
    #expect(amount.moved(5, by: .highest) == 1000)
    #expect(amount.moved(5, by: .lowest) == 0)
  }

  @Test func listMoves() {
    #expect((0...bits.lastTick).map(bits.value(at:)) == [2, 3, 4, 5, 6, 8, 16, 32])
    #expect(bits.value(at: bits.moved(5, by: .step(1))) == 16)
    #expect(bits.value(at: bits.moved(5, by: .fine(-1))) == 6)
    #expect(bits.value(at: bits.moved(5, by: .coarse(-1))) == 5)
    #expect(bits.value(at: bits.moved(7, by: .step(1))) == 32)
  }

  @Test func logarithmicMoves() {
    func after(_ value: Double, _ move: SliderMove) -> Double {
      temperature.value(at: temperature.moved(temperature.tick(nearest: value), by: move))
    }
    #expect(temperature.value(at: 0) == 1)
    #expect(temperature.value(at: temperature.lastTick) == 20)
    #expect(after(4, .step(1)) == 4.5)
    #expect(after(4.5, .step(-1)) == 4)
    #expect(after(4, .fine(1)) == 4.1)
    #expect(after(4.1, .step(1)) == 4.5)
    #expect(after(4.1, .step(-1)) == 4)
    #expect(after(1, .coarse(1)) == 2.7)
    #expect(after(18, .step(1)) == 20)
    #expect(after(20, .step(1)) == 20)
  }

  @Test(arguments: [SliderScale.amount, .bits, .logarithmic(0.0001...1), .linear(-20...20, per: 1, step: 1)])
  func thereAndBackIsTheSamePlace(_ scale: SliderScale) {
    var tick = 0
    var visited = [0]
    while tick < scale.lastTick {
      tick = scale.moved(tick, by: .step(1))
      visited.append(tick)
    }
    for expected in visited.reversed() {
      #expect(tick == expected)
      tick = scale.moved(tick, by: .step(-1))
    }
    for tick in 0...scale.lastTick { #expect(scale.tick(nearest: scale.value(at: tick)) == tick) }
  }

  @Test(arguments: [SliderScale.amount, .bits, .logarithmic(0.001...1), .logarithmic(1...20)])
  func columnsAreWithinTheTrackAndAscend(_ scale: SliderScale) {
    for columns in 1...60 {
      let places = (0...scale.lastTick).map { scale.column(of: $0, columns: columns) }
      #expect(places == places.sorted())
      #expect(places.first == 0)
      #expect(places.last == columns - 1)
    }
  }

  @Test func mouseMeansWholeSteps() {
    for columns in 2...90 {
      for column in 0..<columns {
        let tick = amount.tick(atColumn: column, columns: columns)
        #expect(tick % 10 == 0)
        #expect(amount.column(of: tick, columns: columns) == column)
      }
    }
    #expect(amount.tick(atColumn: -5, columns: 20) == 0)
    #expect(amount.tick(atColumn: 500, columns: 20) == 1000)
    #expect(amount.tick(atColumn: 0, columns: 1) == 0)
  }

  @Test func texts() {
    #expect(amount.text(at: 375) == "37.5 %")
    #expect(amount.text(at: 550) == "55 %")
    #expect(bits.text(at: 5) == "8")
    #expect(temperature.text(at: temperature.tick(nearest: 4.5)) == "4.5")
  }

  @Test(arguments: [
    ("0.375", 375), ("50%", 500), ("50 %", 500), ("50", 500), ("1", 10), ("1.0", 1000), ("0", 0),
    ("37.5", 375),
    ("0,375", 375), (" 12 ", 120), ("0.5%", 5), ("+5", 250), ("-2", 180), ("−2", 180), ("+5%", 250),
    ("+0.5", 205), ("-90", 0), ("+100", 1000), ("=25", 250), (".5", 500), ("100", 1000),
  ])
  func readsAmounts(_ text: String, _ tick: Int) throws {
    #expect(try amount.tick(typed: text, from: 200) == tick)
  }

  @Test(arguments: ["", "abc", "%", "+", "1e", "inf", "nan", "0x10", "1 2 3x"])
  func refusesWhatIsNoNumber(_ text: String) {
    #expect(throws: SliderEntryError.notANumber(text)) { try amount.tick(typed: text, from: 0) }
  }

  @Test(arguments: ["101", "150%", "=-1"]) func refusesWhatIsOutOfRange(_ text: String) {
    #expect(throws: SliderEntryError.outOfRange(lowest: "0 %", highest: "100 %")) {
      try amount.tick(typed: text, from: 0)
    }
  }

  @Test func readsOtherScales() throws {
    #expect(try bits.value(at: bits.tick(typed: "7", from: 0)) == 6)
    #expect(try bits.value(at: bits.tick(typed: "+8", from: 5)) == 16)
    let range = SliderScale.linear(-20...20, per: 10, step: 1)
    #expect(try range.value(at: range.tick(typed: "=-1.5", from: 0)) == -1.5)
    #expect(try range.value(at: range.tick(typed: "0.5", from: 0)) == 0.5)
  }
}
