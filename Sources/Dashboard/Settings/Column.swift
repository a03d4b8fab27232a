import Terminal

/// What can be moved on a layer: one slider each.
package enum Column: Int, CaseIterable, Hashable, Sendable {
  /// The amount that is pruned.
  case prune
  /// Bits of a weight.
  case weights
  /// Bits of a value that flows in.
  case activations

  /// The widths that the two sliders of bits stop at; the last is a float, which is to say none.
  package static let bits = SliderScale.list([2, 3, 4, 5, 6, 8, 32])

  package var scale: SliderScale { self == .prune ? .amount : Self.bits }

  /// Where Backspace leads: nothing pruned, nothing quantized.
  package var defaultTick: Int { self == .prune ? 0 : Self.bits.lastTick }

  /// What the slider is called in a sentence.
  package var label: String {
    switch self {
    case .prune: "prune"
    case .weights: "weight bits"
    case .activations: "activation bits"
    }
  }

  /// A value of the slider as people read it.
  package func text(at tick: Int) -> String {
    guard self != .prune else { return scale.text(at: tick) }
    return tick == scale.lastTick ? "32 (float)" : scale.text(at: tick)
  }

  /// The column `steps` further on, round the end.
  package func next(_ steps: Int) -> Column {
    let count = Self.allCases.count
    return Self.allCases[((rawValue + steps) % count + count) % count]
  }
}
