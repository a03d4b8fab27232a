import Graph
import Tensor

/// A recurrent layer with ONNX's own activations: the input product of all steps at once, and in every step one
/// recurrent product of all samples.
struct RecurrentStep: Step {
  enum Cell: Sendable {
    case plain
    case gated(resetsProduct: Bool)
    case memory(couplesForget: Bool)

    var gates: Int {
      switch self {
      case .plain: 1
      case .gated: 3
      case .memory: 4
      }
    }
  }

  /// The weights of one direction: `[G·H, I]`, `[G·H, H]`.
  struct Weights: Sendable {
    let input: [Float]
    let recurrent: [Float]
    /// `[G·H]`: what every sum begins with.
    let bias: [Float]
    /// `[H]`: what the recurrent product of a GRU's hidden gate begins with, where the reset comes behind it.
    let resetBias: [Float]
    let isReversed: Bool
  }

  let cell: Cell
  let frame: RecurrentFrame
  let directions: [Weights]
  let source: Value
  /// States at the beginning; nil for zeros.
  let initial: [Value?]
  /// What comes out of every step, and the states at the end; nil for what nothing reads.
  let outputs: [Value?]

  private var rows: Int { cell.gates * frame.hidden }
  private var stateCount: Int { frame.samples * frame.hidden }

  var scratchByteCount: Int {
    (frame.steps * frame.samples * rows + 3 * stateCount) * MemoryLayout<Float>.stride
  }

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let from = memory.address(source)
    let states = initial.map { $0.map(memory.address) }
    let targets = outputs.map { $0.map(memory.address) }
    guard let scratch = memory.scratch?.assumingMemoryBound(to: Float.self) else { return { _ in } }
    return { inputs in
      for index in directions.indices {
        try run(
          index, from.floats(inputs), states.map { $0?.floats(inputs) }, targets.map { $0?.floats(inputs) },
          Rows(self, scratch))
      }
    }
  }

  /// Scratch memory: gates of all steps, one row for each row of the data; states; and room for one more.
  private struct Rows {
    let gates: UnsafeMutablePointer<Float>
    let states: [UnsafeMutablePointer<Float>]
    let room: UnsafeMutablePointer<Float>

    init(_ step: RecurrentStep, _ scratch: UnsafeMutablePointer<Float>) {
      gates = scratch
      let first = scratch + step.frame.steps * step.frame.samples * step.rows
      states = [first, first + step.stateCount]
      room = first + 2 * step.stateCount
    }
  }

  private func run(
    _ direction: Int, _ x: UnsafePointer<Float>, _ initial: [UnsafeMutablePointer<Float>?],
    _ outputs: [UnsafeMutablePointer<Float>?], _ memory: Rows
  ) throws {
    let weights = directions[direction]
    let (samples, hidden) = (frame.samples, frame.hidden)
    for row in 0..<frame.steps * samples {
      (memory.gates + row * rows).update(from: weights.bias, count: rows)
    }
    try weights.input.withUnsafeBufferPointer { input in
      guard let base = input.baseAddress else { return }
      try Library.addProduct(
        MatrixRows(elements: x, stride: frame.inputs), MatrixRows(elements: base, stride: frame.inputs),
        m: frame.steps * samples, n: rows, k: frame.inputs, to: memory.gates, stride: rows)
    }
    for (index, state) in initial.enumerated() {
      for sample in 0..<samples {
        let place = memory.states[index] + sample * hidden
        if let state {
          place.update(from: state + frame.state(direction: direction, sample: sample), count: hidden)
        } else {
          place.update(repeating: 0, count: hidden)
        }
      }
    }
    // Several threads would wait for each other in every step.
    let threads = Library.threads
    Library.useThreads(1)
    defer { Library.useThreads(threads) }
    for step in 0..<frame.steps {
      let time = weights.isReversed ? frame.steps - 1 - step : step
      try advance(weights, time: time, memory)
      guard let sequence = outputs[0] else { continue }
      for sample in 0..<samples {
        (sequence + frame.output(time: time, direction: direction, sample: sample)).update(
          from: memory.states[0] + sample * hidden, count: hidden)
      }
    }
    for (index, output) in outputs.dropFirst().enumerated() {
      guard let output else { continue }
      for sample in 0..<samples {
        (output + frame.state(direction: direction, sample: sample)).update(
          from: memory.states[index] + sample * hidden, count: hidden)
      }
    }
  }

  /// One step of all samples.
  private func advance(_ weights: Weights, time: Int, _ memory: Rows) throws {
    let (samples, hidden) = (frame.samples, frame.hidden)
    let first = memory.gates + frame.row(time: time, sample: 0) * rows
    let stride = frame.rowStride * rows
    switch cell {
    case .plain:
      try product(weights, 0..<1, memory.states[0], to: first, stride: stride)
      for sample in 0..<samples {
        let (sums, state) = (first + sample * stride, memory.states[0] + sample * hidden)
        for index in 0..<hidden { state[index] = GateFunctions.tanh(sums[index]) }
      }
    case .gated(let resetsProduct):
      try product(weights, 0..<2, memory.states[0], to: first, stride: stride)
      try gate(weights, resetsProduct: resetsProduct, first, stride: stride, memory)
    case .memory(let couplesForget):
      try product(weights, 0..<4, memory.states[0], to: first, stride: stride)
      for sample in 0..<samples {
        remember(
          first + sample * stride, couplesForget: couplesForget, memory.states[0] + sample * hidden,
          memory.states[1] + sample * hidden)
      }
    }
  }

  private func gate(
    _ weights: Weights, resetsProduct: Bool, _ first: UnsafeMutablePointer<Float>, stride: Int,
    _ memory: Rows
  ) throws {
    let hidden = frame.hidden
    let room = memory.room
    for sample in 0..<frame.samples {
      let (sums, state) = (first + sample * stride, memory.states[0] + sample * hidden)
      for index in 0..<2 * hidden { sums[index] = GateFunctions.sigmoid(sums[index]) }
      for index in 0..<hidden {
        room[sample * hidden + index] =
          resetsProduct ? weights.resetBias[index] : sums[hidden + index] * state[index]
      }
    }
    if resetsProduct {
      try product(weights, 2..<3, memory.states[0], to: room, stride: hidden)
    } else {
      try product(weights, 2..<3, room, to: first + 2 * hidden, stride: stride)
    }
    for sample in 0..<frame.samples {
      let (sums, state) = (first + sample * stride, memory.states[0] + sample * hidden)
      for index in 0..<hidden {
        let recurrent = resetsProduct ? sums[hidden + index] * room[sample * hidden + index] : 0
        let new = GateFunctions.tanh(sums[2 * hidden + index] + recurrent)
        state[index] = (1 - sums[index]) * new + sums[index] * state[index]
      }
    }
  }

  private func remember(
    _ sums: UnsafePointer<Float>, couplesForget: Bool, _ state: UnsafeMutablePointer<Float>,
    _ memory: UnsafeMutablePointer<Float>
  ) {
    let hidden = frame.hidden
    for index in 0..<hidden {
      let input = GateFunctions.sigmoid(sums[index])
      let forget = couplesForget ? 1 - input : GateFunctions.sigmoid(sums[2 * hidden + index])
      let new = forget * memory[index] + input * GateFunctions.tanh(sums[3 * hidden + index])
      memory[index] = new
      state[index] = GateFunctions.sigmoid(sums[hidden + index]) * GateFunctions.tanh(new)
    }
  }

  /// Adds the recurrent product of some gates to what is at `target`.
  private func product(
    _ weights: Weights, _ gates: Range<Int>, _ states: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>, stride: Int
  ) throws {
    let hidden = frame.hidden
    try weights.recurrent.withUnsafeBufferPointer { recurrent in
      guard let base = recurrent.baseAddress else { return }
      try Library.addProduct(
        MatrixRows(elements: states, stride: hidden),
        MatrixRows(elements: base + gates.lowerBound * hidden * hidden, stride: hidden), m: frame.samples,
        n: gates.count * hidden, k: hidden, to: target, stride: stride)
    }
  }
}
