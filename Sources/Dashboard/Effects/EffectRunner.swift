import Compression
import Dispatch
import Foundation
import Synchronization
import Terminal
import Workbench

/// Does what `update` asks for. Belongs to the main thread; nothing here takes long on it.
final class EffectRunner {
  private let session: Session
  private let themes: ThemeLibrary
  /// What comes from elsewhere than the session.
  private let mailbox: Mailbox<Action>
  private let recorder: SessionRecorder?
  private let terminal: (mouse: (Bool) -> Void, repaint: () -> Void)

  /// The latest recipe that the session was given: its number there, and ours.
  private var applied = (session: 0, state: 0)
  /// The latest training.
  private var training = 0
  /// Estimating is done at once as long as it fits into a frame.
  private var isEstimateSlow = false
  private let queue = DispatchQueue(label: "pare.estimate", qos: .userInitiated)
  private let latest = Latest()

  /// The number of the latest settings, for work that has not begun yet and may be stale when it does.
  private final class Latest: Sendable {
    let generation = Atomic<Int>(0)
  }

  private static let frame = Duration.milliseconds(6)

  init(
    _ session: Session, themes: ThemeLibrary, mailbox: Mailbox<Action>,
    recorder: SessionRecorder? = nil, mouse: @escaping (Bool) -> Void = { _ in },
    repaint: @escaping () -> Void = {}
  ) {
    self.session = session
    self.themes = themes
    self.mailbox = mailbox
    self.recorder = recorder
    terminal = (mouse, repaint)
  }

  /// - Returns: what is known at once.
  func perform(_ effect: Effect) -> [Action] {
    switch effect {
    case .estimate(let generation, let recipe): return estimate(recipe, generation: generation)
    case .focus(let layer): session.focus(layer: layer)
    case .probe(let row, let recipes): return [.probed(row, failures: probe(recipes))]
    case .apply(let generation, let recipe):
      applied = (session.apply(recipe), generation)
      let notice = recorder?.add(recipe).map { [Action.notice($0)] } ?? []
      if let known = session.known(recipe) { return notice + [.evaluated(generation: generation, known)] }
      return notice
    case .lookAhead(let recipes): session.lookAhead(recipes)
    case .measureSizes(let recipes): session.measureSizes(recipes)
    case .record(let trail): session.history.record(trail)
    case .loadSnapshots:
      return [.snapshotsLoaded(session.history.snapshots().map { ListedSnapshot($0, cost: cost($0.recipe)) })]
    case .saveSnapshot(let snapshot): session.history.save(snapshot)
    case .removeSnapshot(let name): session.history.removeSnapshot(named: name)
    case .export(let model, let recipePath, let recipe, let overwrite):
      return export(model: model, recipe: recipePath, overwrite: overwrite) { session, model, path in
        session.export(recipe, model: model, recipe: path)
      }
    case .exportTrained(let model, let recipePath, let overwrite):
      return export(model: model, recipe: recipePath, overwrite: overwrite) { session, model, recipe in
        session.exportTrained(model: model, recipe: recipe)
      }
    case .train(let recipe): training = session.train(recipe)
    case .pauseTraining(let isPaused): session.pauseTraining(isPaused)
    case .changeTraining(let settings): session.changeTraining(settings)
    case .takeOver: session.takeOver()
    case .stopTraining: session.stopTraining()
    case .loadTheme(let name): return [load(theme: name)]
    case .keepTheme(let name): ThemeChoice.keep(name)
    case .setMouse(let isOn): terminal.mouse(isOn)
    case .repaint: terminal.repaint()
    }
    return []
  }

  /// What an event of the session means to the screen; nil where it is about settings of the past.
  func action(for event: SessionEvent) -> Action? {
    switch event {
    case .dataLoaded(let summary):
      return .dataLoaded(name: summary.name, samples: summary.samples, task: summary.task)
    case .baseline(let evaluation): return .baseline(evaluation)
    case .estimate(let number, let evaluation), .exact(let number, let evaluation):
      return generation(number).map { .evaluated(generation: $0, evaluation) }
    case .ahead(let recipe, let evaluation): return .knownAhead(recipe, evaluation)
    case .cached(let bytes, let budget): return .cached(bytes: bytes, budget: budget)
    case .layerDetail(let number, let layer, let detail):
      return generation(number).map { .detailed(generation: $0, layer: layer, detail) }
    case .sizes(let recipe, let sizes): return .sized(recipe, sizes)
    case .exported(let paths): return .exported(paths)
    case .failed(let number?, let message):
      return generation(number).map { .failed(generation: $0, message) }
    case .failed(nil, let message): return .failed(generation: nil, message)
    case .training(let number, let event): return number == training ? .training(event) : nil
    case .tookOver(let recipe): return .tookOver(recipe)
    case .notice(let text): return .notice(text)
    }
  }

  private func generation(_ number: Int) -> Int? { number == applied.session ? applied.state : nil }

  /// What is known without running the model.
  private func cost(_ recipe: Recipe) -> CostReport? {
    session.estimateObserves(recipe) ? nil : try? session.estimate(recipe)
  }

  private func estimate(_ recipe: Recipe, generation: Int) -> [Action] {
    latest.generation.store(generation, ordering: .relaxed)
    guard isEstimateSlow || session.estimateObserves(recipe) else {
      let start = ContinuousClock.now
      let action = Self.estimated(recipe, generation: generation, by: session)
      isEstimateSlow = ContinuousClock.now - start > Self.frame
      return [action]
    }
    queue.async { [session, mailbox, latest] in
      guard latest.generation.load(ordering: .relaxed) == generation else { return }
      let action = Self.estimated(recipe, generation: generation, by: session) {
        latest.generation.load(ordering: .relaxed) != generation
      }
      guard latest.generation.load(ordering: .relaxed) == generation else { return }
      mailbox.post(action)
    }
    return []
  }

  private static func estimated(
    _ recipe: Recipe, generation: Int, by session: Session,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> Action {
    do {
      let cost = try session.estimate(recipe, isCancelled: isCancelled)
      return .estimated(generation: generation, .success(cost))
    } catch {
      return .estimated(generation: generation, .failure(Failure("\(error)")))
    }
  }

  private func probe(_ recipes: [Int: Recipe]) -> [Int: String] {
    recipes.compactMapValues { recipe in
      do {
        _ = try session.estimate(recipe)
        return nil
      } catch CompressionError.layer(_, let reason, _) {
        return reason
      } catch {
        return "\(error)"
      }
    }
  }

  private func export(
    model: String, recipe recipePath: String, overwrite: Bool, by write: (Session, String?, String?) -> Void
  ) -> [Action] {
    let paths = [model, recipePath].map { text -> String? in
      text.isEmpty ? nil : (text as NSString).expandingTildeInPath
    }
    if paths[0] != nil, paths[0] == paths[1] {
      return [.failed(generation: nil, "model and recipe cannot go into the same file")]
    }
    let existing = paths.compactMap { $0 }.filter { FileManager.default.fileExists(atPath: $0) }
    if !overwrite, !existing.isEmpty { return [.exportWouldOverwrite(existing)] }
    write(session, paths[0], paths[1])
    return []
  }

  private func load(theme name: String) -> Action {
    do {
      let (theme, problems) = try themes.theme(named: name)
      return .themeLoaded(theme, problem: problems.first?.description)
    } catch {
      return .themeFailed("\(error)")
    }
  }
}
