import Compression
import Graph
import Tensor

/// The moves of a session as a person makes them, drawn from a seed: bursts on one slider, back and forth, then
/// another layer, bits, all layers at once, and now and then what was there before.
public struct RandomMoves {
  public struct Move: Sendable {
    public let recipe: Recipe
    /// Where the slider that was moved could go next, the nearest first.
    public let neighbours: [Recipe]
    /// What the person thinks before it, in seconds.
    public let pause: Double

    public var step: Replay.Step { Replay.Step(recipe, neighbours: neighbours, pause: pause) }
  }

  private let names: [String]
  /// Layers that a person would turn to, the large ones more often.
  private let choices: [Int]
  private let isAllowed: (Recipe) -> Bool
  private let quantizesActivations: Bool
  private var random: SplitMix64
  private var positions: SliderPositions
  private var earlier: [SliderPositions] = []
  private var layer = 0
  private var column = SliderPositions.Column.prune
  private var direction = 1
  private var left = 0

  private static let reach = 10

  /// - Parameters:
  ///   - layers: of the model.
  ///   - quantizesActivations: whether to move their widths too, for which there must be data.
  ///   - isAllowed: whether a recipe fits the model.
  public init(
    layers: [Layer], seed: UInt64, quantizesActivations: Bool = true, isAllowed: @escaping (Recipe) -> Bool
  ) {
    names = layers.map(\.name)
    let large = (layers.map(\.parameters).max() ?? 0) / 10
    choices = layers.indices.flatMap { Array(repeating: $0, count: layers[$0].parameters > large ? 2 : 1) }
    random = SplitMix64(seed: seed)
    positions = SliderPositions(layers: layers.count)
    self.isAllowed = isAllowed
    self.quantizesActivations = quantizesActivations
  }

  /// The next move: another recipe than the one before, unless nothing can be moved.
  public mutating func next() -> Move {
    for _ in 0..<100 {
      let before = (positions, layer, column)
      let isNew = advance()
      let recipe = positions.recipe(names)
      if positions != before.0, isAllowed(recipe) {
        earlier.append(before.0)
        if earlier.count > 100 { earlier.removeFirst() }
        return Move(
          recipe: recipe, neighbours: neighbours(), pause: (isNew ? 0.6 : 0.25) + 0.5 * random.unit())
      }
      (positions, layer, column) = before
      left = 0
    }
    return Move(recipe: positions.recipe(names), neighbours: [], pause: 0)
  }

  /// Makes a move.
  ///
  /// - Returns: whether the person turned to something else for it.
  private mutating func advance() -> Bool {
    if left > 0 {
      left -= 1
      // Back and forth around the cliff.
      if random.unit() < 0.3 { direction = -direction }
      positions.move(column, of: layer, by: direction * step)
      return false
    }
    switch random.unit() {
    case ..<0.15 where !earlier.isEmpty:
      positions = earlier.removeLast()
    case ..<0.25:
      column = random.unit() < 0.7 ? .prune : .weights
      direction = random.unit() < 0.7 ? 1 : -1
      let step = column == .prune ? 5 : 1
      for index in positions.layers.indices { positions.move(column, of: index, by: direction * step) }
    default:
      layer = choices[random.next(below: choices.count)]
      column =
        random.unit() < 0.65 ? .prune : random.unit() < 0.7 || !quantizesActivations ? .weights : .activations
      if column == .prune, positions.layers[layer].pruned == 0 {
        positions.layers[layer].removes = random.unit() < 0.2
      }
      direction = column == .prune ? (random.unit() < 0.75 ? 1 : -1) : (random.unit() < 0.6 ? -1 : 1)
      left = 2 + random.next(below: 6)
      positions.move(column, of: layer, by: direction * step)
    }
    return true
  }

  /// A key press, or one that goes further.
  private var step: Int {
    mutating get { column == .prune ? [1, 1, 5, 5, 10][random.next(below: 5)] : 1 }
  }

  private func neighbours() -> [Recipe] {
    let steps = column == .prune ? [1, 5, Self.reach] : [1]
    return steps.flatMap { [direction * $0, -direction * $0] }.compactMap { step in
      var moved = positions
      moved.move(column, of: layer, by: step)
      return moved == positions ? nil : moved.recipe(names)
    }
  }
}
