import Graph
import Tensor

extension RecurrentEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    try run(T.self, inputs, outputs) { $0 }
  }

  /// Goes through the sequence in all directions.
  ///
  /// - Parameter prepare: what to do with the data, and before every step with what came out of the one before.
  func run<T: RealElement>(
    _ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout], prepare: ([T]) -> [T]
  ) throws -> [Tensor] {
    let frame = RecurrentFrame(form, data: try required(inputs, 0).shape, output: outputs[0].shape)
    let x = prepare(try required(inputs, 0).array(of: T.self))
    let lengths = optional(inputs, 4)?.integers.map { $0.map { min(max($0, 0), frame.steps) } }
    var sequence = [T](repeating: 0, count: outputs[0].shape.count)
    let stateCount = frame.directions * frame.samples * frame.hidden
    var last = Self.states.map {
      optional(inputs, $0)?.array(of: T.self) ?? [T](repeating: 0, count: stateCount)
    }
    for direction in 0..<frame.directions {
      let cell = try cell(T.self, inputs, direction: direction)
      let isReversed = direction == 1 || form.direction == .reverse
      for step in 0..<frame.steps {
        let states = frame.gathered(last, direction: direction, prepare: prepare)
        for sample in 0..<frame.samples where step < lengths?[sample] ?? frame.steps {
          // Backwards means from the sample's own end.
          let time = isReversed ? (lengths?[sample] ?? frame.steps) - 1 - step : step
          let first = frame.row(time: time, sample: sample) * frame.inputs
          let new = self.step(
            cell, input: cell.input(x[first..<first + frame.inputs]), states: states.map { $0[sample] })
          for (index, state) in new.enumerated() {
            let place = frame.state(direction: direction, sample: sample)
            last[index].replaceSubrange(place..<place + frame.hidden, with: state)
          }
          let place = frame.output(time: time, direction: direction, sample: sample)
          sequence.replaceSubrange(place..<place + frame.hidden, with: new[0])
        }
      }
    }
    return [Tensor(sequence, shape: outputs[0].shape)]
      + last.enumerated().map { Tensor($1, shape: outputs[$0 + 1].shape) }
  }

  private func cell<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], direction: Int) throws
    -> RecurrentCell<T>
  {
    func part(_ index: Int) -> [T]? {
      optional(inputs, index)?.rows(direction..<direction + 1).array(of: T.self)
    }
    let recurrent = try required(inputs, 2)
    let rows = recurrent.shape[1]
    let bias = part(3) ?? [T](repeating: 0, count: 2 * rows)
    let count = form.activations.count / form.directions
    return RecurrentCell(
      hidden: recurrent.shape[2], weight: part(1) ?? [], recurrent: part(2) ?? [],
      inputBias: Array(bias[..<rows]), recurrentBias: Array(bias[rows...]),
      peepholes: Self.states.count > 1 ? part(7) ?? [] : [],
      activations: Array(form.activations[direction * count..<(direction + 1) * count]), clip: form.clip)
  }
}

/// Where the parts of a recurrent layer's data, outputs and states lie.
struct RecurrentFrame: Sendable {
  let steps: Int
  let samples: Int
  let inputs: Int
  let directions: Int
  let hidden: Int
  private let isBatchFirst: Bool

  /// - Parameters:
  ///   - data: the shape of the data.
  ///   - output: that of the first output.
  init(_ form: RecurrentForm, data: Shape, output: Shape) {
    isBatchFirst = form.isBatchFirst
    (steps, samples) = isBatchFirst ? (data[1], data[0]) : (data[0], data[1])
    (inputs, directions, hidden) = (data[2], form.directions, output[3])
  }

  /// The row of the data, `[I]` each.
  func row(time: Int, sample: Int) -> Int {
    isBatchFirst ? sample * steps + time : time * samples + sample
  }

  /// Rows from one sample to the next.
  var rowStride: Int { isBatchFirst ? steps : 1 }

  func output(time: Int, direction: Int, sample: Int) -> Int {
    let row =
      isBatchFirst
      ? (sample * steps + time) * directions + direction : (time * directions + direction) * samples + sample
    return row * hidden
  }

  func state(direction: Int, sample: Int) -> Int {
    (isBatchFirst ? sample * directions + direction : direction * samples + sample) * hidden
  }

  /// The states of one direction, by state and sample; the first one prepared.
  fileprivate func gathered<T>(_ states: [[T]], direction: Int, prepare: ([T]) -> [T]) -> [[[T]]] {
    states.enumerated().map { index, values in
      let all = (0..<samples).flatMap { sample in
        let first = state(direction: direction, sample: sample)
        return values[first..<first + hidden]
      }
      let prepared = index == 0 ? prepare(all) : all
      return (0..<samples).map { Array(prepared[$0 * hidden..<($0 + 1) * hidden]) }
    }
  }
}
