import Tensor

/// One direction of a recurrent layer, forwards and back through time.
///
/// Rows are kept by time and then by sample, so that a step's samples lie together: what the gates were, `[T·N, G·H]`,
/// and the states before each step and behind the last, `[T+1, N, H]`.
final class RecurrentPass {
  private let cell: RecurrentStep.Cell
  private let frame: RecurrentFrame
  private let direction: Int
  private let isReversed: Bool
  private let x: Variable
  private let weight: Variable
  private let recurrent: Variable
  private let bias: Variable?
  private let initial: [Variable?]
  private let outputs: [Variable?]
  private let node: String
  private let rows: Int
  private let gates: UnsafeMutablePointer<Float>
  /// By state, then as above.
  private let states: [UnsafeMutablePointer<Float>]
  /// Of a GRU: `R·h + b` of the new gate, or `r · h`, for each step.
  private let candidate: UnsafeMutablePointer<Float>
  /// Gradients of the gates' sums, of the candidate's, and of the states.
  private let gateGradients: UnsafeMutablePointer<Float>
  private let candidateGradients: UnsafeMutablePointer<Float>
  private let stateGradients: [UnsafeMutablePointer<Float>]
  private let data: UnsafeMutablePointer<Float>
  private let dataGradients: UnsafeMutablePointer<Float>

  init(
    cell: RecurrentStep.Cell, frame: RecurrentFrame, direction: Int, isReversed: Bool, x: Variable,
    weight: Variable, recurrent: Variable, bias: Variable?, initial: [Variable?], outputs: [Variable?],
    node: String, on tape: Tape
  ) {
    (self.cell, self.frame, self.direction, self.isReversed) = (cell, frame, direction, isReversed)
    (self.x, self.weight, self.recurrent, self.bias) = (x, weight, recurrent, bias)
    (self.initial, self.outputs, self.node) = (initial, outputs, node)
    rows = cell.gates * frame.hidden
    let (steps, state) = (frame.steps * frame.samples, frame.samples * frame.hidden)
    gates = tape.room(steps * rows)
    states = initial.map { _ in tape.room((frame.steps + 1) * state) }
    candidate = tape.room(steps * frame.hidden)
    gateGradients = tape.room(steps * rows)
    candidateGradients = tape.room(steps * frame.hidden)
    stateGradients = initial.map { _ in tape.room(state) }
    data = tape.room(steps * frame.inputs)
    dataGradients = tape.room(steps * frame.inputs)
  }

  private var hidden: Int { frame.hidden }
  private var samples: Int { frame.samples }
  private var size: Int { frame.samples * frame.hidden }
  private var input: UnsafeMutablePointer<Float> { weight.floats + direction * rows * frame.inputs }
  private var back: UnsafeMutablePointer<Float> { recurrent.floats + direction * rows * hidden }
  /// Bias of the inputs' product, then of the states'.
  private var biases: UnsafeMutablePointer<Float>? { bias.map { $0.floats + direction * 2 * rows } }

  /// The point in time of step `step`.
  private func time(_ step: Int) -> Int { isReversed ? frame.steps - 1 - step : step }

  // MARK: Forwards

  func forward() throws {
    for step in 0..<frame.steps {
      for sample in 0..<samples {
        (data + (step * samples + sample) * frame.inputs).update(
          from: x.floats + frame.row(time: time(step), sample: sample) * frame.inputs, count: frame.inputs)
      }
    }
    for row in 0..<frame.steps * samples {
      let target = gates + row * rows
      guard let biases else {
        target.update(repeating: 0, count: rows)
        continue
      }
      let separate = resetsProduct ? 2 * hidden : rows
      for index in 0..<separate { target[index] = biases[index] + biases[rows + index] }
      for index in separate..<rows { target[index] = biases[index] }
    }
    try product(rows: frame.steps * samples, frame.inputs).forward(data, input, gates, isAdding: true)
    for (index, state) in initial.enumerated() {
      for sample in 0..<samples {
        let place = states[index] + sample * hidden
        if let state {
          place.update(from: state.floats + frame.state(direction: direction, sample: sample), count: hidden)
        } else {
          place.update(repeating: 0, count: hidden)
        }
      }
    }
    for step in 0..<frame.steps {
      try advance(step)
      guard let sequence = outputs[0] else { continue }
      for sample in 0..<samples {
        (sequence.floats + frame.output(time: time(step), direction: direction, sample: sample)).update(
          from: states[0] + (step + 1) * size + sample * hidden, count: hidden)
      }
    }
    for (index, output) in outputs.dropFirst().enumerated() {
      guard let output else { continue }
      for sample in 0..<samples {
        (output.floats + frame.state(direction: direction, sample: sample)).update(
          from: states[index] + frame.steps * size + sample * hidden, count: hidden)
      }
    }
  }

  private var resetsProduct: Bool { if case .gated(true) = cell { true } else { false } }

  /// `rows` rows of `width` numbers times the transpose of a weight with as many columns.
  private func product(rows count: Int, _ width: Int) -> Product {
    Product(rightIsTransposed: true, m: count, n: rows, k: width, node: node)
  }

  /// `states · Rᵀ` of some gates, added to rows of `stride` numbers.
  private func addProduct(
    _ gates: Range<Int>, _ states: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, stride: Int
  ) throws {
    try Library.multiply(
      Library.Matrix(elements: states, stride: hidden),
      Library.Matrix(elements: back + gates.lowerBound * hidden * hidden, stride: hidden, isTransposed: true),
      m: samples, n: gates.count * hidden, k: hidden, isAdding: true, to: target, stride: stride, node: node)
  }

  private func advance(_ step: Int) throws {
    let sums = gates + step * samples * rows
    let before = states[0] + step * size
    let after = states[0] + (step + 1) * size
    switch cell {
    case .plain:
      try addProduct(0..<1, before, to: sums, stride: rows)
      for index in 0..<size {
        sums[index] = GateFunctions.tanh(sums[index])
        after[index] = sums[index]
      }
    case .gated(let resetsProduct):
      try gate(sums, resetsProduct: resetsProduct, candidate + step * size, before, after)
    case .memory(let couplesForget):
      try addProduct(0..<4, before, to: sums, stride: rows)
      let (old, new) = (states[1] + step * size, states[1] + (step + 1) * size)
      for sample in 0..<samples {
        let (g, place) = (sums + sample * rows, sample * hidden)
        for index in 0..<3 * hidden { g[index] = GateFunctions.sigmoid(g[index]) }
        for index in 0..<hidden {
          g[3 * hidden + index] = GateFunctions.tanh(g[3 * hidden + index])
          if couplesForget { g[2 * hidden + index] = 1 - g[index] }
          new[place + index] = g[2 * hidden + index] * old[place + index] + g[index] * g[3 * hidden + index]
          after[place + index] = g[hidden + index] * GateFunctions.tanh(new[place + index])
        }
      }
    }
  }

  private func gate(
    _ sums: UnsafeMutablePointer<Float>, resetsProduct: Bool, _ candidate: UnsafeMutablePointer<Float>,
    _ before: UnsafePointer<Float>, _ after: UnsafeMutablePointer<Float>
  ) throws {
    let hidden = hidden
    try addProduct(0..<2, before, to: sums, stride: rows)
    for sample in 0..<samples {
      let (g, place) = (sums + sample * rows, sample * hidden)
      for index in 0..<2 * hidden { g[index] = GateFunctions.sigmoid(g[index]) }
      for index in 0..<hidden {
        candidate[place + index] =
          resetsProduct ? biases?[rows + 2 * hidden + index] ?? 0 : g[hidden + index] * before[place + index]
      }
    }
    if resetsProduct {
      try addProduct(2..<3, before, to: candidate, stride: hidden)
    } else {
      try addProduct(2..<3, candidate, to: sums + 2 * hidden, stride: rows)
    }
    for sample in 0..<samples {
      let (g, place) = (sums + sample * rows, sample * hidden)
      for index in 0..<hidden {
        let product = resetsProduct ? g[hidden + index] * candidate[place + index] : 0
        let new = GateFunctions.tanh(g[2 * hidden + index] + product)
        g[2 * hidden + index] = new
        after[place + index] = (1 - g[index]) * new + g[index] * before[place + index]
      }
    }
  }

  // MARK: Back

  func backward() throws {
    for (index, gradients) in stateGradients.enumerated() {
      for sample in 0..<samples {
        let place = gradients + sample * hidden
        if let output = outputs[index + 1]?.gradient {
          place.update(from: output.floats + frame.state(direction: direction, sample: sample), count: hidden)
        } else {
          place.update(repeating: 0, count: hidden)
        }
      }
    }
    for step in (0..<frame.steps).reversed() {
      if let sequence = outputs[0]?.gradient {
        for sample in 0..<samples {
          let from = sequence.floats + frame.output(time: time(step), direction: direction, sample: sample)
          let to = stateGradients[0] + sample * hidden
          for index in 0..<hidden { to[index] += from[index] }
        }
      }
      try retreat(step)
    }
    for (index, state) in initial.enumerated() {
      guard let own = state?.gradient else { continue }
      for sample in 0..<samples {
        let to = own.floats + frame.state(direction: direction, sample: sample)
        let from = stateGradients[index] + sample * hidden
        for index in 0..<hidden { to[index] += from[index] }
      }
    }
    try finish()
  }

  /// `gradients · R` of some gates, added to gradients of states.
  private func addBack(
    _ gates: Range<Int>, _ gradients: UnsafePointer<Float>, stride: Int,
    to target: UnsafeMutablePointer<Float>, isAdding: Bool
  ) throws {
    try Library.multiply(
      Library.Matrix(elements: gradients, stride: stride),
      Library.Matrix(elements: back + gates.lowerBound * hidden * hidden, stride: hidden), m: samples,
      n: hidden, k: gates.count * hidden, isAdding: isAdding, to: target, stride: hidden, node: node)
  }

  /// From the gradient of the states behind a step to that of the sums in it, and of the states before.
  private func retreat(_ step: Int) throws {
    let g = gates + step * samples * rows
    let target = gateGradients + step * samples * rows
    let before = states[0] + step * size
    let gradient = stateGradients[0]
    switch cell {
    case .plain:
      for index in 0..<size { target[index] = gradient[index] * (1 - g[index] * g[index]) }
      try addBack(0..<1, target, stride: rows, to: gradient, isAdding: false)
    case .gated(let resetsProduct):
      try retreatGates(
        g, target, resetsProduct: resetsProduct, candidate + step * size, candidateGradients + step * size,
        before, gradient)
    case .memory(let couplesForget):
      retreatMemory(
        g, target, couplesForget: couplesForget, old: states[1] + step * size,
        new: states[1] + (step + 1) * size, gradient, stateGradients[1])
      try addBack(0..<4, target, stride: rows, to: gradient, isAdding: false)
    }
  }

  private func retreatMemory(
    _ gates: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, couplesForget: Bool,
    old: UnsafePointer<Float>, new: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    _ memory: UnsafeMutablePointer<Float>
  ) {
    let hidden = hidden
    for sample in 0..<samples {
      let (g, t, place) = (gates + sample * rows, target + sample * rows, sample * hidden)
      for index in 0..<hidden {
        let (input, output) = (g[index], g[hidden + index])
        let (forget, fresh) = (g[2 * hidden + index], g[3 * hidden + index])
        let squashed = GateFunctions.tanh(new[place + index])
        let arriving = gradient[place + index]
        let inner = memory[place + index] + arriving * output * (1 - squashed * squashed)
        let toForget = inner * old[place + index]
        let toInput = inner * fresh - (couplesForget ? toForget : 0)
        t[index] = toInput * input * (1 - input)
        t[hidden + index] = arriving * squashed * output * (1 - output)
        t[2 * hidden + index] = couplesForget ? 0 : toForget * forget * (1 - forget)
        t[3 * hidden + index] = inner * input * (1 - fresh * fresh)
        memory[place + index] = inner * forget
      }
    }
  }

  private func retreatGates(
    _ gates: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, resetsProduct: Bool,
    _ candidate: UnsafePointer<Float>, _ room: UnsafeMutablePointer<Float>, _ before: UnsafePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>
  ) throws {
    let hidden = hidden
    for sample in 0..<samples {
      let (g, t, place) = (gates + sample * rows, target + sample * rows, sample * hidden)
      for index in 0..<hidden {
        let (update, reset, new) = (g[index], g[hidden + index], g[2 * hidden + index])
        let arriving = gradient[place + index]
        let toNew = arriving * (1 - update) * (1 - new * new)
        t[index] = arriving * (before[place + index] - new) * update * (1 - update)
        t[2 * hidden + index] = toNew
        gradient[place + index] = arriving * update
        if resetsProduct {
          t[hidden + index] = toNew * candidate[place + index] * reset * (1 - reset)
          room[place + index] = toNew * reset
        }
      }
    }
    if resetsProduct {
      try addBack(2..<3, room, stride: hidden, to: gradient, isAdding: true)
    } else {
      // `room` takes the gradient of `r · h`.
      try addBack(2..<3, target + 2 * hidden, stride: rows, to: room, isAdding: false)
      for sample in 0..<samples {
        let (g, t, place) = (gates + sample * rows, target + sample * rows, sample * hidden)
        for index in 0..<hidden {
          let reset = g[hidden + index]
          t[hidden + index] = room[place + index] * before[place + index] * reset * (1 - reset)
          gradient[place + index] += room[place + index] * reset
        }
      }
    }
    try addBack(0..<2, target, stride: rows, to: gradient, isAdding: true)
  }

  /// From the gradients of all steps' sums to those of data, weights and biases.
  private func finish() throws {
    let count = frame.steps * samples
    let inputs = product(rows: count, frame.inputs)
    if let own = weight.gradient {
      try inputs.backRight(
        gateGradients, data, own.floats + direction * rows * frame.inputs, isAdding: true)
    }
    if let own = recurrent.gradient { try finishRecurrent(own.floats + direction * rows * hidden, count) }
    if let own = bias?.gradient { finishBias(own.floats + direction * 2 * rows, count) }
    guard let own = x.gradient else { return }
    try inputs.backLeft(gateGradients, input, dataGradients, isAdding: false)
    let isAdding = own.startAdding()
    for step in 0..<frame.steps {
      for sample in 0..<samples {
        let from = dataGradients + (step * samples + sample) * frame.inputs
        let to = own.floats + frame.row(time: time(step), sample: sample) * frame.inputs
        for index in 0..<frame.inputs { to[index] = (isAdding ? to[index] : 0) + from[index] }
      }
    }
  }

  private func finishRecurrent(_ target: UnsafeMutablePointer<Float>, _ count: Int) throws {
    /// Gradients of some gates by the states that they were multiplied with.
    func add(
      _ range: Range<Int>, _ gradients: UnsafePointer<Float>, stride: Int, _ states: UnsafePointer<Float>
    ) throws {
      try Library.multiply(
        Library.Matrix(elements: gradients, stride: stride, isTransposed: true),
        Library.Matrix(elements: states, stride: hidden), m: range.count * hidden, n: hidden, k: count,
        isAdding: true, to: target + range.lowerBound * hidden * hidden, stride: hidden, node: node)
    }
    switch cell {
    case .gated(let resetsProduct):
      try add(0..<2, gateGradients, stride: rows, states[0])
      if resetsProduct {
        try add(2..<3, candidateGradients, stride: hidden, states[0])
      } else {
        try add(2..<3, gateGradients + 2 * hidden, stride: rows, candidate)
      }
    case .plain, .memory: try add(0..<cell.gates, gateGradients, stride: rows, states[0])
    }
  }

  private func finishBias(_ target: UnsafeMutablePointer<Float>, _ count: Int) {
    let separate = resetsProduct ? 2 * hidden : rows
    for row in 0..<count {
      let g = gateGradients + row * rows
      for index in 0..<rows { target[index] += g[index] }
      for index in 0..<separate { target[rows + index] += g[index] }
      if resetsProduct {
        let c = candidateGradients + row * hidden
        for index in 0..<hidden { target[rows + separate + index] += c[index] }
      }
    }
  }
}
