import Compression
import Dashboard
import Tensor
import Testing

struct SettingsTests {
  private let facts = (0..<4).map { index in
    LayerFacts(
      name: "l\(index)", weight: "w\(index)", shape: Shape([10, 20]), outputAxis: 0, parameters: 210,
      macs: 200)
  }

  @Test func masterKeepsDifferences() {
    var settings = Settings(for: facts)
    settings.moveMaster(.prune, to: 500)
    settings.move(1, .prune, to: 800)
    settings.moveMaster(.prune, to: 600)
    #expect(settings.layers.map { $0.tick(.prune) } == [600, 900, 600, 600])
    #expect(settings.isOverride(1, .prune))
    #expect(!settings.isOverride(0, .prune))
  }

  @Test func differenceOutlivesTheEndOfTheTrack() {
    var settings = Settings(for: facts)
    settings.move(2, .prune, to: 300)
    settings.moveMaster(.prune, to: 900)
    #expect(settings.layers[2].tick(.prune) == 1000)
    settings.moveMaster(.prune, to: 100)
    #expect(settings.layers.map { $0.tick(.prune) } == [100, 100, 400, 100])
  }

  @Test func differenceOutlivesASwitchThatIsPressedMeanwhile() {
    var settings = Settings(for: facts)
    settings.move(2, .prune, to: 300)
    settings.moveMaster(.prune, to: 900)
    settings.change(0) { $0.granularity = .tensor }
    settings.moveMaster(.prune, to: 100)
    #expect(settings.layers[2].tick(.prune) == 400)
  }

  @Test func masterOfBitsMovesByWidths() {
    var settings = Settings(for: facts)
    settings.move(3, .weights, to: 2)
    let eight = Column.bits.tick(nearest: 8)
    settings.moveMaster(.weights, to: eight)
    #expect(settings.layers.map(\.weightBits) == [8, 8, 8, 3])
  }

  @Test func levelTakesOverridesBack() {
    var settings = Settings(for: facts)
    settings.move(1, .prune, to: 250)
    settings.level(.prune, at: 0)
    #expect(settings == Settings(for: facts))
  }

  @Test func layersOfOneListShareTheirAmount() {
    var settings = Settings(for: facts)
    settings.move(0, .prune, to: 500)
    settings.setGroup(1, of: 0)
    settings.setGroup(1, of: 2)
    #expect(settings.layers[2].amount == 0.5)
    settings.move(2, .prune, to: 700)
    #expect(settings.layers.map(\.amount) == [0.7, 0, 0.7, 0])
    settings.setGroup(nil, of: 0)
    settings.move(2, .prune, to: 100)
    #expect(settings.layers.map(\.amount) == [0.7, 0, 0.1, 0])
  }

  @Test func layersOfOneWeightMoveTogether() {
    var shared = facts
    shared[3].weight = "w1"
    var settings = Settings(for: shared)
    settings.move(3, .prune, to: 400)
    settings.move(1, .weights, to: 0)
    settings.move(1, .activations, to: 0)
    #expect(settings.layers[1].amount == 0.4)
    #expect(settings.layers[3].weightBits == 2)
    #expect(settings.layers[3].activationBits == 32)
  }
}
