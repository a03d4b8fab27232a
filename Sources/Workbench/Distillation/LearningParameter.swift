import Compression
import Engine
import Tensor

/// A constant while it learns: its real numbers, what is put into the graphs in their place, and what the optimizer
/// remembers of it.
///
/// Unchecked, because jobs that run at once each work on a part of it; what all of them read changes between runs.
final class LearningParameter: @unchecked Sendable {
  /// What stands in the graphs.
  private enum Form {
    case plain
    /// The scale of an activation, and what its gradient is multiplied by.
    case scale(Float)
    /// The weights as the recipe rounds them.
    case rounded(WeightRounding)
    /// Multiples of scales that learn too.
    case stepped(LearnedScales, Learned)
    /// Values that weights share, which learn in their place: the code of each weight, negative where it was pruned.
    case codebook([Int32])
  }

  let name: String
  let shape: Shape
  /// What the optimizer changes: the numbers themselves, or the values of a codebook.
  private var learned: Learned
  /// Steps that were taken since they have had their form.
  private(set) var steps = 0
  private var form = Form.plain
  /// nil where nothing was pruned.
  private(set) var kept: [Bool]?
  /// Of the values of a codebook, or of scales.
  private var gradient = Numbers(zeros: 0)

  /// - Parameters:
  ///   - kept: `false` for what was pruned; nil where nothing was.
  ///   - scaleFactor: of the scale of an activation, what its gradient is multiplied by; nil for all else.
  init(
    _ name: String, _ tensor: Tensor, kept: [Bool]?, scaleFactor: Double? = nil, optimizer: any Optimizer
  ) {
    if let scaleFactor { form = .scale(Float(scaleFactor)) }
    self.name = name
    shape = tensor.shape
    learned = Learned(tensor.array(of: Float.self), optimizer)
    self.kept = kept
  }

  /// Rounds the weights from now on; of a codebook the values learn, each weight keeping its own.
  ///
  /// - Parameter learnsScales: whether those of linear forms learn.
  /// - Throws: `CompressionError.layer` for a weight that does not take the form that it is rounded to.
  func begin(_ rounding: WeightRounding, learnsScales: Bool, optimizer: any Optimizer)
    throws(CompressionError)
  {
    if rounding.isCodebook {
      let shared = try rounding.shared(tensor)
      learned = Learned(shared.values, optimizer)
      gradient = Numbers(zeros: shared.values.count)
      form = .codebook(shared.codes)
      steps = 0
    } else if learnsScales, let scales = try rounding.learnedScales(tensor) {
      gradient = Numbers(zeros: scales.initial.count)
      form = .stepped(scales, Learned(scales.initial, optimizer))
    } else {
      form = .rounded(rounding)
    }
  }

  /// Prunes more, or other weights, from now on.
  func prune(_ kept: [Bool]?) {
    self.kept = kept
    guard let kept else { return }
    if case .codebook(var codes) = form {
      for index in codes.indices where !kept[index] { codes[index] = -1 }
      form = .codebook(codes)
    } else {
      learned.clear(unless: kept)
    }
  }

  /// The weights before they are rounded: those of a codebook as it has them.
  var unrounded: Tensor { isCodebook ? tensor : Tensor(learned.values.array, shape: shape) }

  private var isScale: Bool {
    if case .scale = form { true } else { false }
  }

  private var isCodebook: Bool {
    if case .codebook = form { true } else { false }
  }

  /// The weights as they are to be kept: those of a codebook, or of learned scales, as they are rounded, so that the
  /// recipe finds them where they are.
  var tensor: Tensor {
    switch form {
    case .plain, .scale, .rounded: Tensor(learned.values.array, shape: shape)
    case .stepped, .codebook: Tensor(of: Float.self, shape: shape) { write(0..<shape.count, into: $0) }
    }
  }

  // MARK: A step

  /// The parts that can be worked on at once: of single numbers many, of numbers that hang together one.
  var parts: [Range<Int>] {
    switch form {
    case .codebook, .stepped: return [0..<shape.count]
    case .plain, .scale, .rounded:
      let part = 1 << 16
      return stride(from: 0, to: max(shape.count, 1), by: part).map { $0..<min($0 + part, shape.count) }
    }
  }

  /// Takes the mean of the graphs' gradients of a part of the weights, straight through their rounding: what was pruned has
  /// none, and the values of a codebook have the sum of those that share them.
  ///
  /// - Returns: the sum of the squares.
  func gather(_ part: Range<Int>, of graphs: [TrainingGraph]) -> Double {
    let share = 1 / Float(graphs.count)
    return graphs[0].withGradient(name) { whole in
      let total = UnsafeMutableBufferPointer(rebasing: whole[part])
      for other in graphs.dropFirst() {
        other.withGradient(name) { whole in
          let own = UnsafeBufferPointer(rebasing: whole[part])
          for index in 0..<total.count { total[index] += own[index] }
        }
      }
      if graphs.count > 1 {
        for index in 0..<total.count { total[index] *= share }
      }
      return take(part, total)
    }
  }

  private func take(_ part: Range<Int>, _ total: UnsafeMutableBufferPointer<Float>) -> Double {
    var squares = 0.0
    switch form {
    case .plain, .rounded: break
    case .scale(let factor): GradientClipping.scale(total, by: Double(factor))
    case .codebook(let codes):
      codes.withUnsafeBufferPointer {
        let sums = SharedWeights.gradients(of: UnsafeBufferPointer(total), codes: $0, count: learned.count)
        _ = gradient.buffer.update(fromContentsOf: sums)
      }
      return GradientClipping.squares(gradient.readable)
    case .stepped(let scales, let own):
      scales.gradients(
        of: learned.values.readable, by: own.values.readable, gradient: total, scaleGradient: gradient.buffer)
      squares = GradientClipping.squares(gradient.readable)
    }
    kept?.withUnsafeBufferPointer {
      PruningMask.clear(total, unless: UnsafeBufferPointer(rebasing: $0[part]))
    }
    return squares + GradientClipping.squares(UnsafeBufferPointer(total))
  }

  /// One step of the optimizer for a part of the weights, whose gradient was taken before, and puts what comes of it into a
  /// graph; `finishStep` follows when all parts are done.
  ///
  /// - Parameters:
  ///   - graph: the first of those that the gradients came from; the others share its parameters.
  ///   - factor: what the gradient is multiplied by.
  func step(
    _ part: Range<Int>, of graph: TrainingGraph,
    _ optimizers: (weights: any Optimizer, scales: any Optimizer),
    learningRate: Double, factor: Double
  ) {
    if isCodebook {
      learned.step(
        0..<learned.count, gradient: gradient.buffer, steps: steps, optimizers.weights,
        learningRate: learningRate, factor: factor)
    } else {
      graph.withGradient(name) { whole in
        let total = UnsafeMutableBufferPointer(rebasing: whole[part])
        learned.step(
          part, gradient: total, steps: steps, isScale ? optimizers.scales : optimizers.weights,
          learningRate: learningRate, factor: factor)
      }
    }
    if case .stepped(_, let own) = form {
      own.step(
        0..<own.count, gradient: gradient.buffer, steps: steps, optimizers.scales,
        learningRate: learningRate, factor: factor)
      for place in 0..<own.count {
        own.values.buffer[place] = max(own.values.buffer[place], LearnedScales.least)
      }
    }
    if isScale {
      for index in part {
        learned.values.buffer[index] = max(learned.values.buffer[index], LearnedScales.least)
      }
    }
    if case .rounded = form { return }
    graph.withParameter(name) { whole in write(part, into: UnsafeMutableBufferPointer(rebasing: whole[part]))
    }
  }

  func finishStep() { steps += 1 }

  /// Whether `put` is still to be done after a step: rounding looks at all weights.
  var isRoundedAsAWhole: Bool {
    if case .rounded = form { true } else { false }
  }

  /// Writes the weights that a graph computes with into it.
  ///
  /// - Throws: as `WeightRounding.rounded`.
  func put(into graph: TrainingGraph) throws(CompressionError) {
    var rounded: Tensor?
    if case .rounded(let rounding) = form { rounded = try rounding.rounded(tensor) }
    graph.withParameter(name) { target in
      guard let rounded else { return write(0..<shape.count, into: target) }
      rounded.withElements(of: Float.self) { _ = target.update(fromContentsOf: $0) }
    }
  }

  private func write(_ part: Range<Int>, into target: UnsafeMutableBufferPointer<Float>) {
    switch form {
    case .plain, .scale, .rounded: _ = target.update(fromContentsOf: learned.values[part])
    case .stepped(let scales, let own):
      scales.round(learned.values.readable, by: own.values.readable, into: target)
    case .codebook(let codes):
      codes.withUnsafeBufferPointer {
        SharedWeights.update(target, codes: $0, values: learned.values.readable)
      }
    }
  }

  // MARK: Checkpoints

  private static let kinds = (
    values: "values", codes: "codes", kept: "kept", scales: "scales", moments: "moments",
    scaleMoments: "scale_moments"
  )

  /// All that it takes to go on from here, by what it is, for the tensors of a checkpoint.
  var tensors: [String: Tensor] {
    var tensors = [Self.kinds.values: Tensor(learned.values.array)]
    for (index, moment) in learned.moments.enumerated() {
      tensors["\(Self.kinds.moments)/\(index)"] = Tensor(moment.array)
    }
    if let kept { tensors[Self.kinds.kept] = Tensor(kept) }
    switch form {
    case .plain, .scale, .rounded: break
    case .codebook(let codes): tensors[Self.kinds.codes] = Tensor(codes)
    case .stepped(_, let own):
      tensors[Self.kinds.scales] = Tensor(own.values.array)
      for (index, moment) in own.moments.enumerated() {
        tensors["\(Self.kinds.scaleMoments)/\(index)"] = Tensor(moment.array)
      }
    }
    return tensors
  }

  /// Goes back to what was kept of it.
  ///
  /// - Parameters:
  ///   - tensors: as `tensors` gave them.
  ///   - rounding: nil where nothing is rounded yet.
  /// - Returns: false where they are of another parameter.
  func restore(
    _ tensors: [String: Tensor], steps: Int, rounding: WeightRounding?, optimizer: any Optimizer
  ) throws(CompressionError) -> Bool {
    func numbers(_ name: String) -> [Float]? {
      guard let tensor = tensors[name], tensor.dtype == .float32 else { return nil }
      return tensor.floats
    }
    func learned(_ values: String, _ moments: String) -> Learned? {
      guard let values = numbers(values) else { return nil }
      let all = (0..<optimizer.momentCount).compactMap { numbers("\(moments)/\($0)") }
      return all.count == optimizer.momentCount ? Learned(values, moments: all) : nil
    }
    guard let own = learned(Self.kinds.values, Self.kinds.moments) else { return false }
    let kept = tensors[Self.kinds.kept]?.array(of: Bool.self)
    guard kept == nil || kept?.count == shape.count else { return false }
    var form = isScale ? self.form : .plain
    if let codes = tensors[Self.kinds.codes]?.array(of: Int32.self) {
      guard codes.count == shape.count, codes.allSatisfy({ $0 < own.count }) else { return false }
      form = .codebook(codes)
      gradient = Numbers(zeros: own.count)
    } else {
      guard own.count == shape.count else { return false }
      if let scales = learned(Self.kinds.scales, Self.kinds.scaleMoments) {
        // Of the weights as they are now only the form of the scales is asked.
        guard let grid = try rounding?.learnedScales(Tensor(own.values.array, shape: shape)),
          grid.initial.count == scales.count
        else { return false }
        form = .stepped(grid, scales)
        gradient = Numbers(zeros: scales.count)
      } else if let rounding {
        form = .rounded(rounding)
      }
    }
    (self.learned, self.kept, self.form, self.steps) = (own, kept, form, steps)
    return true
  }
}
