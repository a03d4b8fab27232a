import Compression
import Testing
import Workbench

extension Recipe {
  /// A recipe that differs from all of another amount.
  static func pruning(_ amount: Double) -> Recipe {
    Recipe(pruning: [PruningRule(layers: ["fc1"], amount: .fraction(amount))])
  }
}

struct TrailTests {
  @Test func undoesAndRedoes() {
    var trail = Trail()
    trail.move(to: .pruning(0.1))
    trail.move(to: .pruning(0.2))
    let undone = [trail.undo(), trail.undo(), trail.undo()]
    #expect(undone == [true, true, false])
    #expect(trail.current == .empty)
    trail.redo()
    #expect(trail.current == .pruning(0.1))
    trail.move(to: .pruning(0.3))
    #expect(!trail.canRedo)
    #expect(trail.recipes == [.empty, .pruning(0.1), .pruning(0.3)])
  }

  @Test func theSameAgainIsNoMove() {
    var trail = Trail()
    trail.move(to: .empty)
    #expect(trail == Trail())
  }

  @Test func oneGestureIsOneStep() {
    var trail = Trail()
    trail.move(to: .pruning(0.1))
    trail.amend(to: .pruning(0.2))
    trail.amend(to: .pruning(0.3))
    #expect(trail.recipes == [.empty, .pruning(0.3)])
  }

  @Test func forgetsTheOldest() {
    var trail = Trail()
    for step in 1...(Trail.limit + 5) { trail.move(to: .pruning(Double(step) / 1e4)) }
    #expect(trail.recipes.count == Trail.limit)
    #expect(trail.current == .pruning(Double(Trail.limit + 5) / 1e4))
    #expect(trail.recipes[0] == .pruning(6 / 1e4))
  }
}
