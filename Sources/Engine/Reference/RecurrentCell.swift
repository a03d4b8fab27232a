import Graph
import Tensor

/// One direction of a recurrent layer: its weights, and what all cells have in common.
struct RecurrentCell<T: RealElement> {
  let hidden: Int
  /// `[G·H, I]` and `[G·H, H]`.
  let weight: [T]
  let recurrent: [T]
  /// `[G·H]` each.
  let inputBias: [T]
  let recurrentBias: [T]
  /// Of an LSTM: `[3·H]`; empty where there are none.
  let peepholes: [T]
  let activations: [RecurrentActivation]
  let clip: Float?

  /// `W·x + b` of all gates.
  func input(_ x: ArraySlice<T>) -> [T] { Self.product(weight, x, inputBias) }

  /// `R·h + b` of some gates.
  func recurrent(_ h: [T], gates: Range<Int>) -> [T] {
    let rows = gates.lowerBound * hidden..<gates.upperBound * hidden
    return Self.product(
      Array(recurrent[rows.lowerBound * hidden..<rows.upperBound * hidden]), h[...],
      Array(recurrentBias[rows]))
  }

  /// An activation of a sum, which is limited before.
  func activate(_ index: Int, _ sum: T) -> T {
    guard let clip else { return activations[index](sum) }
    return activations[index](min(max(sum, T(-clip)), T(clip)))
  }

  private static func product(_ matrix: [T], _ vector: ArraySlice<T>, _ bias: [T]) -> [T] {
    let size = vector.count
    return bias.indices.map { row in
      var sum = bias[row]
      for (column, value) in vector.enumerated() { sum += matrix[row * size + column] * value }
      return sum
    }
  }
}

/// A recurrent operator by its definition: what one step makes of the states of one sample.
protocol RecurrentEvaluable: Recurrent, RealEvaluable {
  /// - Parameters:
  ///   - input: `W·x + b` of all gates.
  ///   - states: those of `Self.states`, `[H]` each; the first is what comes out.
  func step<T: RealElement>(_ cell: RecurrentCell<T>, input: [T], states: [[T]]) -> [[T]]
}

extension RNN: RecurrentEvaluable {
  func step<T: RealElement>(_ cell: RecurrentCell<T>, input: [T], states: [[T]]) -> [[T]] {
    let product = cell.recurrent(states[0], gates: 0..<1)
    return [zip(input, product).map { cell.activate(0, $0 + $1) }]
  }
}

extension GRU: RecurrentEvaluable {
  func step<T: RealElement>(_ cell: RecurrentCell<T>, input: [T], states: [[T]]) -> [[T]] {
    let (size, state) = (cell.hidden, states[0])
    let product = cell.recurrent(state, gates: 0..<2)
    let update = (0..<size).map { cell.activate(0, input[$0] + product[$0]) }
    let reset = (0..<size).map { cell.activate(0, input[size + $0] + product[size + $0]) }
    let hidden: [T]
    if resetsProduct {
      hidden = zip(reset, cell.recurrent(state, gates: 2..<3)).map { $0 * $1 }
    } else {
      hidden = cell.recurrent(zip(reset, state).map { $0 * $1 }, gates: 2..<3)
    }
    return [
      (0..<size).map { index in
        let new = cell.activate(1, input[2 * size + index] + hidden[index])
        return (1 - update[index]) * new + update[index] * state[index]
      }
    ]
  }
}

extension LSTM: RecurrentEvaluable {
  func step<T: RealElement>(_ cell: RecurrentCell<T>, input: [T], states: [[T]]) -> [[T]] {
    let size = cell.hidden
    let sums = zip(input, cell.recurrent(states[0], gates: 0..<4)).map { $0 + $1 }
    var (state, memory) = (states[0], states[1])
    for index in 0..<size {
      // In the order of the peepholes: input, output, forget.
      func peek(_ gate: Int, _ memory: T) -> T {
        cell.peepholes.isEmpty ? 0 : cell.peepholes[gate * size + index] * memory
      }
      let old = memory[index]
      let input = cell.activate(0, sums[index] + peek(0, old))
      let forget = couplesForget ? 1 - input : cell.activate(0, sums[2 * size + index] + peek(2, old))
      let new = forget * old + input * cell.activate(1, sums[3 * size + index])
      let output = cell.activate(0, sums[size + index] + peek(1, new))
      memory[index] = new
      state[index] = output * cell.activations[2](new)
    }
    return [state, memory]
  }
}
