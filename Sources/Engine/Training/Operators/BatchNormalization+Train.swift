import Graph
import Tensor

/// Batch normalisation with the batch's own statistics, or with the running ones where nothing trains.
extension BatchNormalization: Trainable {
  func isTrainable(_ node: Node, in graph: Graph) -> Bool { isSpatial }

  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let given = try tape.value(node.inputs[0])
    let scale = try tape.plain(node.inputs[1])
    let shift = try tape.plain(node.inputs[2])
    guard given.isFloat, isSpatial, scale.isFloat, shift.isFloat, given.count > 0,
      node.outputs.dropFirst().allSatisfy(\.isEmpty),
      let mean = tape.tensor(node.inputs[3]), let variance = tape.tensor(node.inputs[4]),
      mean.dtype == .float32, variance.dtype == .float32
    else { return false }
    let x = given.dims.count > 2 ? try tape.converted(given, to: .channelsLast) : given
    let result = try tape.output(
      node, order: x.order, hasGradient: [x, scale, shift].contains { $0.gradient != nil }, isFree: true,
      gradientOver: x)
    let states = [mean, variance].map { tensor in
      let state = Variable([tensor.count], hasGradient: false)
      tensor.withUnsafeBytes { state.bytes.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
      return state
    }
    tape.addState(states[0], input: 3)
    tape.addState(states[1], input: 4)
    let step = BatchNormalizationStep(
      x: x, scale: scale, shift: shift, result: result, mean: states[0].floats, variance: states[1].floats,
      epsilon: epsilon, momentum: momentum, alwaysTrains: isTraining,
      library: try LibraryBatchNormalization(
        x: x, scale: scale, shift: shift, result: result, epsilon: epsilon, on: tape), on: tape)
    tape.setHost(step, of: result)
    tape.add(
      gives: [result], forward: { try step.forward(isTraining: $0) }, backward: { try step.backward() })
    return true
  }
}

/// The loops, and oneDNN's where it has fast ones for the batch's statistics. They go over rows of channels that lie side by side. Several rows are taken at a time, so that loops over few
/// channels are long enough to be worth it.
private final class BatchNormalizationStep: RiderHost {
  var rider: Rider?
  private let x: Variable
  private let scale: Variable
  private let shift: Variable
  private let result: Variable
  private let mean: UnsafeMutablePointer<Float>
  private let variance: UnsafeMutablePointer<Float>
  private let epsilon: Float
  private let momentum: Float
  private let alwaysTrains: Bool
  private let library: LibraryBatchNormalization?
  private let channels: Int
  private let rows: Int
  /// Numbers that are taken at a time: whole rows.
  private let lanes: Int
  private let sums: UnsafeMutablePointer<Float>
  private let otherSums: UnsafeMutablePointer<Float>
  /// What each number is multiplied by, and what is added, repeated for each row that is taken at a time.
  private let factors: UnsafeMutablePointer<Float>
  private let others: UnsafeMutablePointer<Float>
  private let constants: UnsafeMutablePointer<Float>
  private let batchMean: UnsafeMutablePointer<Float>
  /// One by the deviation.
  private let inverse: UnsafeMutablePointer<Float>
  private var usedBatch = false

  init(
    x: Variable, scale: Variable, shift: Variable, result: Variable, mean: UnsafeMutablePointer<Float>,
    variance: UnsafeMutablePointer<Float>, epsilon: Float, momentum: Float, alwaysTrains: Bool,
    library: LibraryBatchNormalization?, on tape: Tape
  ) {
    self.library = library
    (self.x, self.scale, self.shift, self.result) = (x, scale, shift, result)
    (self.mean, self.variance) = (mean, variance)
    (self.epsilon, self.momentum, self.alwaysTrains) = (epsilon, momentum, alwaysTrains)
    channels = x.dims[1]
    rows = x.count / channels
    lanes = channels * min(max(256 / channels, 1), rows)
    (sums, otherSums) = (tape.room(lanes), tape.room(lanes))
    (factors, others, constants) = (tape.room(lanes), tape.room(lanes), tape.room(lanes))
    (batchMean, inverse) = (tape.room(channels), tape.room(channels))
  }

  func forward(isTraining: Bool) throws {
    usedBatch = isTraining || alwaysTrains
    if usedBatch, let library {
      try library.forward()
      for channel in 0..<channels {
        let unbiased = Double(library.variance[channel]) * Double(rows) / Double(max(rows - 1, 1))
        move(channel, mean: library.mean[channel], variance: Float(unbiased))
      }
      rider?.forward(0, result.count)
      return
    }
    if usedBatch {
      measure()
    } else {
      for channel in 0..<channels {
        batchMean[channel] = mean[channel]
        inverse[channel] = 1 / (variance[channel] + epsilon).squareRoot()
      }
    }
    for lane in 0..<lanes {
      let channel = lane % channels
      factors[lane] = scale.floats[channel] * inverse[channel]
      constants[lane] = shift.floats[channel] - batchMean[channel] * factors[lane]
    }
    let (factors, constants) = (factors, constants)
    each { start, count in
      let (x, y) = (x.floats + start, result.floats + start)
      for lane in 0..<count { y[lane] = x[lane] * factors[lane] + constants[lane] }
      rider?.forward(start, count)
    }
  }

  /// Mean and variance of the batch, in one pass over distances from a guess of the mean; the running ones move there.
  private func measure() {
    let (sums, otherSums, guesses) = (sums, otherSums, constants)
    guessMeans(into: guesses)
    let distances = totals { start, count in
      let x = x.floats + start
      for lane in 0..<count {
        let distance = x[lane] - guesses[lane]
        sums[lane] += distance
        otherSums[lane] += distance * distance
      }
    }
    for channel in 0..<channels {
      let (sum, squares) = distances[channel]
      let rest = max(squares - sum * sum / Double(rows), 0)
      batchMean[channel] = Float(Double(guesses[channel]) + sum / Double(rows))
      inverse[channel] = 1 / (Float(rest / Double(rows)) + epsilon).squareRoot()
      let unbiased = Float(rest / Double(max(rows - 1, 1)))
      move(channel, mean: batchMean[channel], variance: unbiased)
    }
  }

  /// Moves the running statistics towards the batch's.
  private func move(_ channel: Int, mean batchMean: Float, variance unbiased: Float) {
    mean[channel] = momentum * mean[channel] + (1 - momentum) * batchMean
    variance[channel] = momentum * variance[channel] + (1 - momentum) * unbiased
  }

  /// The mean of rows here and there, which is near enough to the whole's for distances from it to be small.
  private func guessMeans(into guesses: UnsafeMutablePointer<Float>) {
    let sums = sums
    sums.update(repeating: 0, count: lanes)
    let pieces = max(x.count / lanes, 1)
    let chosen = min(pieces, Self.piecesInGuess)
    for piece in 0..<chosen {
      let x = x.floats + piece * pieces / chosen * lanes
      for lane in 0..<lanes { sums[lane] += x[lane] }
    }
    let repeats = lanes / channels
    for channel in 0..<channels {
      var sum: Float = 0
      for repeated in 0..<repeats { sum += sums[repeated * channels + channel] }
      for repeated in 0..<repeats {
        guesses[repeated * channels + channel] = sum / Float(chosen * repeats)
      }
    }
  }

  func backward() throws {
    guard let gradient = result.gradient else { return }
    if usedBatch, let library {
      rider?.backward(0, result.count)
      return try library.backward()
    }
    let (sums, otherSums, means) = (sums, otherSums, constants)
    for lane in 0..<lanes { means[lane] = batchMean[lane % channels] }
    let totals = totals { start, count in
      rider?.backward(start, count)
      let (x, g) = (x.floats + start, gradient.floats + start)
      for lane in 0..<count {
        sums[lane] += g[lane]
        otherSums[lane] += g[lane] * (x[lane] - means[lane])
      }
    }
    if let own = shift.gradient {
      let isAdding = own.startAdding()
      for channel in 0..<channels {
        own.floats[channel] = (isAdding ? own.floats[channel] : 0) + Float(totals[channel].first)
      }
    }
    if let own = scale.gradient {
      let isAdding = own.startAdding()
      for channel in 0..<channels {
        own.floats[channel] =
          (isAdding ? own.floats[channel] : 0) + Float(totals[channel].second) * inverse[channel]
      }
    }
    guard let own = x.gradient else { return }
    let (factors, others, constants) = (factors, others, constants)
    for lane in 0..<lanes {
      let channel = lane % channels
      factors[lane] = scale.floats[channel] * inverse[channel]
      guard usedBatch else {
        (others[lane], constants[lane]) = (0, 0)
        continue
      }
      let (sum, product) = totals[channel]
      let slope = Float(product / Double(rows)) * inverse[channel] * inverse[channel]
      others[lane] = -factors[lane] * slope
      constants[lane] = -factors[lane] * Float(sum / Double(rows)) - others[lane] * batchMean[channel]
    }
    let isAdding = own.startAdding()
    each { start, count in
      let (x, g, target) = (x.floats + start, gradient.floats + start, own.floats + start)
      if isAdding {
        for lane in 0..<count {
          target[lane] += g[lane] * factors[lane] + (x[lane] * others[lane] + constants[lane])
        }
      } else {
        for lane in 0..<count {
          target[lane] = g[lane] * factors[lane] + (x[lane] * others[lane] + constants[lane])
        }
      }
    }
  }

  @inline(__always)
  private func each(_ body: (Int, Int) -> Void) {
    var start = 0
    while start < x.count {
      body(start, min(lanes, x.count - start))
      start += lanes
    }
  }

  /// What `body` adds to the two lists of sums, by channel; sums of many numbers are kept in double precision.
  @inline(__always)
  private func totals(_ body: (Int, Int) -> Void) -> [(first: Double, second: Double)] {
    var totals = [(first: Double, second: Double)](repeating: (0, 0), count: channels)
    var pieces = 0
    sums.update(repeating: 0, count: lanes)
    otherSums.update(repeating: 0, count: lanes)
    func collect() {
      for first in stride(from: 0, to: lanes, by: channels) {
        for channel in 0..<channels {
          totals[channel].first += Double(sums[first + channel])
          totals[channel].second += Double(otherSums[first + channel])
        }
      }
      sums.update(repeating: 0, count: lanes)
      otherSums.update(repeating: 0, count: lanes)
    }
    each { start, count in
      body(start, count)
      pieces += 1
      if pieces % Self.piecesInFloat == 0 { collect() }
    }
    collect()
    return totals
  }

  /// Numbers that are added up in single precision.
  private static let piecesInFloat = 64
  private static let piecesInGuess = 32
}
