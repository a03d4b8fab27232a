import Compression
import Engine
import Graph
import Tensor

/// The activations of a student that are to be like ones of its teacher, which is run beside it on every batch.
///
/// Unchecked, because each part of a batch has a place of its own, and only one job works on a part.
final class ActivationMatches: @unchecked Sendable {
  private struct Match {
    let kind: ActivationMatch.Kind
    let weight: Double
    let axis: Int
    /// Names of values.
    let student: String
    let teacher: String
  }

  /// A linear map of a student's channels, where the teacher has not as many.
  private struct Projection {
    let learned: Learned
    /// By part of the batch; the mean of all in the first one, once they are gathered.
    let gradients: [Numbers]
  }

  /// Names of the student's values that are matched.
  var studentNames: Set<String> { Set(matches.map(\.student)) }

  private let matches: [Match]
  private let settings: DistillationSettings
  private let optimizer: any Optimizer
  /// One for each part of a batch.
  private let teachers: [TrainingGraph]
  private var projections: [Int: Projection] = [:]
  private var steps = 0

  /// - Parameters:
  ///   - inputs: type and shape of the student's inputs for a part of a batch.
  ///   - parts: of a batch.
  /// - Throws: `EvaluationError` or `EngineError` where a value is not there.
  init(
    _ settings: DistillationSettings, student: Graph, teacher: Graph,
    inputs: [String: (dtype: DType, shape: Shape)], parts: Int
  ) throws {
    let (ours, theirs) = (try Model(student), try Model(teacher))
    matches = try settings.matches.map { match in
      Match(
        kind: match.kind, weight: match.weight, axis: match.axis,
        student: try Self.value(match.student, of: ours, whose: "student"),
        teacher: try Self.value(match.teacher, of: theirs, whose: "teacher"))
    }
    if let twice = Dictionary(grouping: matches, by: \.student).first(where: { $1.count > 1 })?.key {
      throw EvaluationError.model(
        reason: "two of \"matches\" name the student's value '\(twice)'; leave one out")
    }
    self.settings = settings
    optimizer = Optimizers.optimizer(for: settings)
    var graph = teacher
    graph.outputs = Set(matches.map(\.teacher)).sorted().map { ValueInfo(name: $0, dtype: nil, dims: nil) }
    graph = graph.pruningUnused()
    let own = inputs.filter { input in graph.inputs.contains { $0.name == input.key } }
    teachers = try (0..<parts).map { _ in try TrainingGraph(graph, learning: [], inputs: own) }
  }

  /// The value of a name, or what the layer of that name gives.
  private static func value(_ name: String, of model: Model, whose: String) throws -> String {
    if let layer = model.layers.first(where: { $0.name == name }) {
      return model.graph.nodes[layer.node].outputs[0]
    }
    guard model.graph.nodes.contains(where: { $0.outputs.contains(name) }) else {
      throw EvaluationError.model(
        reason:
          "\"matches\" names '\(name)', which is no layer and no value of the \(whose); there are layers "
          + model.layers.prefix(5).map { "'\($0.name)'" }.joined(separator: ", "))
    }
    return name
  }

  /// Makes projections where channels differ.
  ///
  /// - Parameter graph: of the student, which keeps `studentNames`.
  /// - Throws: `EvaluationError` where a value has no channels.
  func begin(_ graph: TrainingGraph) throws {
    for (index, match) in matches.enumerated() where match.kind == .feature {
      guard let ours = graph.shape(of: match.student), let theirs = teachers[0].shape(of: match.teacher),
        let our = ours.size(along: match.axis), let their = theirs.size(along: match.axis)
      else {
        throw EvaluationError.model(
          reason:
            "\"matches\" asks for channels on axis \(match.axis) of '\(match.student)', which has no such axis"
        )
      }
      guard our != their else { continue }
      let initial = FeatureMatching.initialProjection(
        studentChannels: our, teacherChannels: their, seed: settings.seed &+ index)
      projections[index] = Projection(
        learned: Learned(initial, optimizer), gradients: teachers.map { _ in Numbers(zeros: initial.count) })
    }
  }

  /// What the matches cost for a part of a batch, and the gradients of the student's values.
  ///
  /// - Throws: `DistillationError` where two values do not fit.
  func evaluate(
    part: Int, student: [String: Tensor], _ inputs: [String: Tensor]
  ) throws -> (loss: Double, gradients: [String: Tensor]) {
    let theirs = try teachers[part].forward(inputs, isTraining: false)
    var loss = 0.0
    var gradients: [String: Tensor] = [:]
    for (index, match) in matches.enumerated() {
      guard let own = student[match.student], let other = theirs[match.teacher] else { continue }
      var failure: DistillationError?
      gradients[match.student] = Tensor(of: Float.self, shape: own.shape) { gradient in
        do throws(DistillationError) {
          switch match.kind {
          case .attention:
            loss += try AttentionTransfer(weight: match.weight, axis: match.axis).evaluate(
              student: own, teacher: other, gradient: gradient)
          case .feature:
            let projection = projections[index]
            loss += try FeatureMatching(weight: match.weight, axis: match.axis).evaluate(
              student: own, teacher: other, projection: projection?.learned.values.readable,
              gradient: gradient, projectionGradient: projection?.gradients[part].buffer)
          }
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
    }
    return (loss, gradients)
  }

  /// The mean of the parts' gradients of projections.
  ///
  /// - Returns: the sum of their squares.
  func gather() -> Double {
    projections.sorted { $0.key < $1.key }.reduce(0) { sum, projection in
      let gradients = projection.value.gradients
      let total = gradients[0].buffer
      for other in gradients.dropFirst() {
        for index in 0..<total.count { total[index] += other.buffer[index] }
      }
      for index in 0..<total.count { total[index] /= Float(gradients.count) }
      return sum + GradientClipping.squares(gradients[0].readable)
    }
  }

  func step(learningRate: Double, factor: Double) {
    for projection in projections.values {
      projection.learned.step(
        0..<projection.learned.count, gradient: projection.gradients[0].buffer, steps: steps, optimizer,
        learningRate: learningRate, factor: factor)
    }
    steps += 1
  }

  /// Goes on with what other matches of the same values have learned, which are used up by it.
  func takeOver(from other: ActivationMatches) {
    for (key, projection) in projections {
      guard let learned = other.projections[key]?.learned, learned.count == projection.learned.count else {
        continue
      }
      projections[key] = Projection(learned: learned, gradients: projection.gradients)
    }
    steps = other.steps
  }

  // MARK: Checkpoints

  private static let prefix = "projections/"

  var tensors: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (key, projection) in projections {
      tensors["\(Self.prefix)\(key)/values"] = Tensor(projection.learned.values.array)
      for (index, moment) in projection.learned.moments.enumerated() {
        tensors["\(Self.prefix)\(key)/moments/\(index)"] = Tensor(moment.array)
      }
    }
    return tensors
  }

  /// - Throws: `DistillationCheckpoint.Mismatch` where the tensors are others.
  func restore(_ checkpoint: DistillationCheckpoint) throws {
    steps = checkpoint.step
    for (key, projection) in projections {
      let tensors = checkpoint.tensors(under: "\(Self.prefix)\(key)/")
      let moments = (0..<optimizer.momentCount).compactMap { tensors["moments/\($0)"]?.floats }
      guard let values = tensors["values"]?.floats, values.count == projection.learned.count,
        moments.count == optimizer.momentCount, let learned = Learned(values, moments: moments)
      else { throw DistillationCheckpoint.Mismatch() }
      projections[key] = Projection(learned: learned, gradients: projection.gradients)
    }
  }
}

extension Shape {
  /// nil where there is no such axis; -1 is the last.
  fileprivate func size(along axis: Int) -> Int? {
    let axis = axis < 0 ? axis + rank : axis
    return dims.indices.contains(axis) ? dims[axis] : nil
  }
}
