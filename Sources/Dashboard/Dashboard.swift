import Compression
import Formats
import Foundation
import Terminal
import Workbench

/// The interactive screen on one model.
package struct Dashboard {
  package struct Options: Sendable {
    /// A .onnx file or a bundle.
    package var path: String
    package var data: String?
    /// What to train by; the bundle's own unless told.
    package var training: String?
    /// What takes the place of what the data says of itself.
    package var dataOptions = DataOptions()
    /// What to begin with, in place of where the person left off.
    package var recipe: Recipe?
    /// A name or a file; nil for the one that was kept.
    package var theme: String?
    /// Where moves and results are kept; nil for nowhere.
    package var historyPath: String?
    /// Bytes that may be kept of values between layers.
    package var cacheBudget = CacheBudget.standard
    /// Whether to measure what may be asked for next.
    package var looksAhead = true
    /// Where moves are written for `replay`; nil for nowhere.
    package var recordPath: String?

    package init(path: String) { self.path = path }
  }

  private let session: Session
  private let events: Mailbox<SessionEvent>
  private let mailbox = Mailbox<Action>()
  private let themes: ThemeLibrary
  private let theme: Theme
  private let trail: Trail
  private let recorder: SessionRecorder?

  /// Opens the model; its data begins to load.
  ///
  /// - Throws: an error whose description is one sentence.
  package init(_ options: Options) throws {
    themes = ThemeLibrary(ours: ThemeChoice.folder)
    theme = try ThemeChoice.theme(named: options.theme, in: themes)
    let events = Mailbox<SessionEvent>()
    self.events = events
    session = try Session.open(
      options.path, data: options.data, training: options.training, options: options.dataOptions,
      historyPath: options.historyPath, cacheBudget: options.cacheBudget, onEvent: { events.post($0) })
    session.setLooksAhead(options.looksAhead)
    recorder = try options.recordPath.map { try SessionRecorder(path: $0) }
    var trail = session.resumed ?? Trail()
    if let recipe = options.recipe { trail.move(to: recipe) }
    self.trail = trail
  }

  /// Whether a recipe fits the model that is open. Of one that observes samples the screen says it, once they are loaded.
  ///
  /// - Throws: `RecipeError` or `CompressionError`.
  package func check(_ recipe: Recipe) throws {
    if !recipe.observes { _ = try session.estimate(recipe) }
  }

  /// Takes the terminal until the person quits.
  ///
  /// - Throws: `DriverError` where there is no terminal to take.
  package func run() throws {
    defer { session.close() }
    let driver = try Driver()
    var loop = Loop(
      state: state(driver.size, Look(theme: theme, glyphs: driver.glyphs, depth: driver.colorDepth)),
      runner: EffectRunner(
        session, themes: themes, mailbox: mailbox, recorder: recorder, mouse: { driver.isMouseEnabled = $0 },
        repaint: { driver.repaint() }))
    driver.paint(Screen.draw(loop.state))
    let waker = driver.waker
    events.onArrival { waker.wake() }
    mailbox.onArrival { waker.wake() }
    loop.dispatch(.started)
    var reason: Event.QuitReason?
    while !loop.state.isDone {
      takeMail(&loop)
      driver.paint(Screen.draw(loop.state))
      for event in driver.events() {
        switch event {
        case .key(let key): loop.dispatch(.key(key))
        case .mouse(let mouse): loop.dispatch(.mouse(mouse))
        case .paste(let text): loop.dispatch(.paste(text))
        case .resize(let size): loop.dispatch(.resize(size))
        case .resume: loop.dispatch(.resize(driver.size))
        case .focus, .wake: break
        case .quit(let why):
          reason = why
          loop.dispatch(.quit)
        }
      }
    }
    events.onArrival(nil)
    mailbox.onArrival(nil)
    driver.close()
    session.history.flush()
    // Whoever sent a signal is told that it worked.
    if reason == .terminate || reason == .hangup {
      let number = reason == .terminate ? SIGTERM : SIGHUP
      signal(number, SIG_DFL)
      raise(number)
    }
  }

  /// Plays keys without a terminal, and returns the screen that they lead to.
  ///
  /// - Throws: `Failure` where the script has a word that is no key, or no result comes.
  package func frame(after script: String, size: Size, glyphs: Glyphs = .unicode) throws -> Buffer {
    defer { session.close() }
    let loop = Loop(
      state: state(size, Look(theme: theme, glyphs: glyphs, depth: .direct)),
      runner: EffectRunner(session, themes: themes, mailbox: mailbox, recorder: recorder))
    var player = ScriptPlayer(loop: loop)
    let arrival = DispatchSemaphore(value: 0)
    events.onArrival { arrival.signal() }
    mailbox.onArrival { arrival.signal() }
    try player.play(try Script(script)) { loop, timeout in
      takeMail(&loop)
      return arrival.wait(timeout: .now() + timeout) == .success
    }
    return Screen.draw(player.loop.state)
  }

  private func takeMail(_ loop: inout Loop) {
    for event in events.take() { loop.dispatch(event) }
    for action in mailbox.take() { loop.dispatch(action) }
  }

  private func state(_ size: Size, _ look: Look) -> State {
    let project = session.project
    let file = (project.source.modelPath as NSString).lastPathComponent
    var state = State(
      Subject(session.compressor, name: project.name), trail: trail,
      size: size,
      look: look, exportName: file.hasSuffix(".onnx") ? String(file.dropLast(5)) : file)
    state.themeNames = themes.names
    return state
  }
}

/// State, actions and effects, going round until nothing is left to do at once.
struct Loop {
  private(set) var state: State
  let runner: EffectRunner
  /// What gestures are told apart by.
  var now: () -> State.Instant = { .now }

  init(state: State, runner: EffectRunner) {
    self.state = state
    self.runner = runner
  }

  mutating func dispatch(_ action: Action) {
    var actions = [action]
    while !actions.isEmpty {
      let effects = state.update(actions.removeFirst(), at: now())
      for effect in effects { actions += runner.perform(effect) }
    }
  }

  mutating func dispatch(_ event: SessionEvent) {
    if let action = runner.action(for: event) { dispatch(action) }
  }
}
