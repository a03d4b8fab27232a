import Compression
import Terminal
import Workbench

/// The distillation screen: its sliders are the recipe's, so that undo takes them back too.
extension State {
  /// The recipe's, or the standard ones where it says nothing.
  package var distillation: DistillationSettings { settings.distillation ?? DistillationSettings() }

  /// Whether what is trained is what the other sliders now say.
  package var isTrainingOther: Bool {
    guard var trained = distilling.recipe else { return false }
    if trained.distillation?.student != distillation.student { return true }
    trained.distillation = recipe.distillation
    return trained != recipe
  }

  mutating func takeInDistilling(_ key: Key, at now: Instant) -> [Effect] {
    if let field = distilling.entry { return take(key, inDistillingEntry: field, at: now) }
    let slider = distilling.slider
    let tick = slider.tick(distillation)
    if let move = SliderMove(key) { return set(slider, to: slider.scale.moved(tick, by: move), at: now) }
    switch key.code {
    case .up, .backTab, .character("k"): selectDistilling(-1)
    case .down, .tab, .character("j"): selectDistilling(1)
    case .enter: distilling.entry = TextField(placeholder: slider.text(distillation))
    case .character(let digit) where "0123456789.+-=".contains(digit):
      distilling.entry = TextField(String(digit), placeholder: slider.text(distillation))
    case .backspace, .delete: return set(slider, to: slider.tick(DistillationSettings()), at: now)
    case .character(" "): return startOrPause()
    case .character("n"): return startTraining()
    case .character("x"):
      if distilling.status.isActive { return [.stopTraining] }
      message = .note("There is no training to stop.")
    case .character("u"): return undo()
    case .character("U"): return redo()
    case .character("e"): exportTrained()
    case .character("t"):
      if distilling.best != nil { return [.takeOver] }
      message = .note("Nothing has been trained yet; let an epoch end first.")
    case .escape, .character("q"), .character("d"): overlay = nil
    default: break
    }
    return []
  }

  private mutating func selectDistilling(_ steps: Int) {
    let last = DistillingSlider.allCases.count - 1
    distilling.slider =
      DistillingSlider(rawValue: min(max(distilling.slider.rawValue + steps, 0), last)) ?? distilling.slider
  }

  private mutating func set(_ slider: DistillingSlider, to tick: Int, at now: Instant) -> [Effect] {
    var new = distillation
    guard tick != slider.tick(new) || settings.distillation != nil else { return [] }
    slider.set(tick, in: &new)
    guard new != distillation else { return [] }
    let after = slider.text(new)
    return change(
      .distilling(slider), before: slider.text(distillation), at: now,
      label: { "\(slider.label) \($0) → \(after)" }, { $0.distillation = new })
  }

  private mutating func take(
    _ key: Key, inDistillingEntry field: TextField, at now: Instant
  ) -> [Effect] {
    var field = field
    let slider = distilling.slider
    switch key.code {
    case .escape: distilling.entry = nil
    case .backspace where field.text.isEmpty: distilling.entry = nil
    case .enter where field.text.isEmpty: distilling.entry = nil
    case .enter:
      do {
        let tick = try slider.scale.tick(typed: field.text, from: slider.tick(distillation))
        distilling.entry = nil
        gesture = nil
        return set(slider, to: tick, at: now)
      } catch {
        message = .failure("\(error)")
      }
    default:
      _ = field.handle(key)
      distilling.entry = field
    }
    return []
  }

  private mutating func startOrPause() -> [Effect] {
    switch distilling.status {
    case .running, .preparing: return [.pauseTraining(true)]
    case .paused: return [.pauseTraining(false)]
    case .idle, .finished, .stopped, .failed: return startTraining()
    }
  }

  private mutating func startTraining() -> [Effect] {
    guard costFailure == nil else {
      message = .failure("these settings cannot be carried out, so there is nothing to train")
      return []
    }
    var trained = recipe
    trained.distillation = distillation
    distilling.begin(trained)
    return [.train(trained)]
  }

  /// The sliders that the training goes by follow those on the screen, whoever moved them.
  mutating func wantedTraining() -> [Effect] {
    guard distilling.status.isActive, let trained = distilling.recipe?.distillation, trained != distillation
    else { return [] }
    let new = distillation
    distilling.recipe?.distillation = new
    if trained.student != new.student {
      message = .note("Another student has other weights: its training begins anew.")
    }
    return [.changeTraining(new)]
  }

  mutating func takeTraining(_ event: TrainingEvent) {
    distilling.take(event)
    // Who looks elsewhere is told how it ended.
    guard overlay != .distilling, case .ended = event else { return }
    switch distilling.status {
    case .finished: message = .success("The training has ended; d shows it.")
    case .failed(let text): message = .failure(text)
    default: break
    }
  }

  /// Goes on with the trained model, as one step that undo takes back.
  mutating func takeOver(_ recipe: Recipe) -> [Effect] {
    guard recipe != self.recipe else {
      message = .note("This is the trained model already.")
      return []
    }
    let effects = adopt(recipe, label: "trained model")
    message = .success("The sliders now begin with the trained model; u takes that back.")
    return effects
  }

  private mutating func exportTrained() {
    guard distilling.best != nil else {
      message = .note("Nothing has been trained yet; let an epoch end first.")
      return
    }
    var form = ExportForm(model: exportName + "-distilled.onnx", recipe: exportName + "-distilled.json")
    form.isTrained = true
    overlay = .export(form)
  }
}
