import Compression
import Dashboard
import Terminal
import Testing
import Workbench

struct AheadTests {
  private func asked(_ desk: Desk) -> [Recipe] {
    desk.effects.compactMap { if case .lookAhead(let recipes) = $0 { recipes } else { nil } }.last ?? []
  }

  private func pruned(_ layer: String, _ amount: Double) -> Recipe {
    Recipe(pruning: [PruningRule(layers: [layer], amount: .fraction(amount))])
  }

  @Test func theNeighboursOfTheFocusedSliderComeFirst() throws {
    var desk = try Desk()
    desk.load()
    desk.press("j j L L pause")
    #expect(desk.state.measurement.isExact == false)
    desk.effects = []
    desk.measure(9150)
    let recipes = asked(desk)
    #expect(recipes.prefix(2) == [pruned("conv2", 0.21), pruned("conv2", 0.19)])
    #expect(recipes.contains(pruned("conv2", 0.5)))
    // Then another layer's, with this one as it is.
    #expect(recipes.contains { $0.pruning.count == 2 })
    #expect(Set(recipes).count == recipes.count)
    #expect(!recipes.contains(desk.state.recipe))
  }

  @Test func whatIsKnownAheadColoursTheTrackAndPredicts() throws {
    var desk = try Desk()
    desk.load()
    desk.press("j j L L pause")
    desk.measure(9150)
    desk.take(.knownAhead(pruned("conv2", 0.3), Desk.evaluation(9100)))
    desk.take(.knownAhead(pruned("fc1", 0.3), Desk.evaluation(1)))  // Nobody asked for it.
    let known = KnownTrack(desk.state, at: desk.state.focus).accuracies
    #expect(known == [0: 0.9203, 200: 0.915, 300: 0.91])
    desk.press("l")
    #expect(desk.state.measurement.isStale)
    let prediction = try #require(desk.state.measurement.prediction)
    #expect(abs(prediction - 0.9145) < 1e-9)
    #expect(desk.screen.dump().contains("~91.45 %"))
    #expect(desk.screen.dump().contains("likely"))
  }

  @Test func sensitivityIsShownAsItComes() throws {
    var desk = try Desk()
    desk.load()
    desk.press("v")
    let recipes = asked(desk)
    #expect(recipes.count == 40)
    #expect(recipes.contains(pruned("fc2", 0.95)))
    desk.take(.knownAhead(pruned("conv1", 0.9), Desk.evaluation(5034)))
    #expect(desk.screen.dump().contains("50.3"))
    desk.press("tab")
    #expect(asked(desk).contains { $0.weights.first?.bits == 2 })
    desk.press("escape")
    #expect(desk.state.overlay == nil)
  }
}
