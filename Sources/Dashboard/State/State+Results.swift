import Compression
import Terminal
import Workbench

/// What comes back from effects.
extension State {
  mutating func takeResult(_ action: Action, at now: Instant) -> [Effect] {
    switch action {
    case .dataLoaded(let name, let samples, let task):
      data = .ready(name: name, samples: samples)
      self.task = task
      if !measurement.isExact { measurement.isRunning = true }
      // What needs samples could not be estimated before.
      if costFailure != nil { return [.estimate(generation: generation, recipe)] }
    case .estimated(generation, .success(let cost)):
      self.cost = cost
      costFailure = nil
    case .estimated(generation, .failure(let failure)):
      costFailure = failure.description.asSentence
      measurement.isRunning = false
    case .detailed(generation, let layer, let detail) where focus.row.layer == layer:
      self.detail = (layer, detail)
    case .baseline(let evaluation):
      baseline = evaluation
      addOriginal(evaluation)
      if recipe == .empty { return takeEvaluation(evaluation) }
    case .evaluated(generation, let evaluation): return takeEvaluation(evaluation)
    case .knownAhead(let recipe, let evaluation): take(ahead: evaluation, of: recipe)
    case .cached(let bytes, let budget): cache = (bytes, budget)
    case .failed(let failed, let text): takeFailure(text, generation: failed)
    case .training(let event): takeTraining(event)
    case .tookOver(let recipe): return takeOver(recipe)
    case .notice(let text): message = .failure(text)
    case .probed(let row, let failures): return removeChannels(of: row, but: failures, at: now)
    case .sized(let recipe, let sizes): take(sizes, of: recipe)
    case .exported(let paths):
      overlay = nil
      message = .success("Wrote " + paths.joined(separator: " and ") + ".")
    case .exportWouldOverwrite(let paths):
      guard case .export(var form) = overlay else { break }
      form.existing = paths
      form.isWriting = false
      overlay = .export(form)
    case .themeLoaded(let theme, let problem):
      look = Look(theme: theme, glyphs: look.glyphs, depth: look.depth)
      if let problem { message = .failure(problem) }
    case .themeFailed(let text): message = .failure(text)
    default: break
    }
    return []
  }

  private mutating func takeEvaluation(_ evaluation: Evaluation) -> [Effect] {
    // The untouched model may be told of twice.
    var again = evaluation
    again.step = measurement.evaluation?.step
    if measurement.isExact, measurement.evaluation == again { return [] }
    measurement = Measurement()
    measurement.evaluation = evaluation
    measurement.isRunning = !evaluation.isExact
    guard evaluation.isExact else { return [] }
    if measurement.evaluation?.step == nil, let last = trend.last {
      let difference = evaluation.score - last
      measurement.evaluation?.step = PairedChange(difference: difference, interval: difference...difference)
    }
    trend.append(evaluation.score)
    if trend.count > 500 { trend.removeFirst(trend.count - 500) }
    if recipe == .empty {
      addOriginal(evaluation)
    } else if !moves.contains(where: { $0.recipe == recipe }) {
      moves.append(
        Move(
          number: (moves.map(\.number).max() ?? 0) + 1,
          label: pendingLabel.isEmpty ? "as before" : pendingLabel,
          recipe: recipe, sizeBytes: cost.sizeBytes, macs: cost.macs, evaluation: evaluation))
    }
    if moves.count > Self.moveLimit { moves.remove(at: moves[0].number == 0 ? 1 : 0) }
    return completeSnapshots(with: evaluation)
  }

  /// The point that all others come from, whenever it is known.
  private mutating func addOriginal(_ evaluation: Evaluation) {
    guard evaluation.isExact, !moves.contains(where: { $0.recipe == .empty }) else { return }
    moves.insert(
      Move(
        number: 0, label: "original", recipe: .empty, sizeBytes: original.baseline.sizeBytes,
        macs: original.baseline.macs, evaluation: evaluation), at: 0)
  }

  private mutating func takeFailure(_ text: String, generation failed: Int?) {
    if let failed {
      guard failed == generation else { return }
      measurement.isRunning = false
      measurement.failure = text.asSentence
      return
    }
    if case .export(var form) = overlay, form.isWriting {
      form.isWriting = false
      form.failure = text.asSentence
      overlay = .export(form)
      return
    }
    if data == .loading {
      data = .failed(text.asSentence)
    } else if baseline == nil {
      evaluationFailure = text.asSentence
      measurement.failure = evaluationFailure
    }
    measurement.isRunning = false
    message = .failure(text)
  }
}

extension State {
  /// What the number is called that the data are judged by; the first result can say it better than the task.
  package var headline: String { baseline?.headline ?? task.headline }
  package var shortHeadline: String { baseline?.shortHeadline ?? task.shortHeadline }
}
