import Terminal

/// Keys to be played without a person: names of keys with spaces between them, such as `down l shift-right enter`.
///
/// `'text` types a text, `wait` waits for the exact result, `pause` ends a gesture. What follows a `#` on a line
/// is a comment.
package struct Script: Hashable, Sendable {
  enum Step: Hashable, Sendable {
    case key(Key)
    case wait
    case pause
  }

  let steps: [Step]

  /// - Throws: `Failure` that names the word which is no key.
  package init(_ text: String) throws(Failure) {
    var steps: [Step] = []
    for line in text.split(whereSeparator: \.isNewline) {
      for word in line.prefix(while: { $0 != "#" }).split(whereSeparator: \.isWhitespace) {
        switch word {
        case "wait": steps.append(.wait)
        case "pause": steps.append(.pause)
        case _ where word.first == "'" && word.count > 1:
          steps += word.dropFirst().map { .key(.character($0)) }
        default:
          guard let key = Key(name: String(word)) else {
            throw Failure("the script has '\(word)', which is no key")
          }
          steps.append(.key(key))
        }
      }
    }
    self.steps = steps
  }
}

/// Plays a script on a clock of its own, on which each key takes ten milliseconds.
struct ScriptPlayer {
  private(set) var loop: Loop
  private var clock = State.Instant.now

  /// How long to wait for a result.
  private static let patience = Duration.seconds(300)

  init(loop: Loop) { self.loop = loop }

  /// - Parameter takeMail: hands what has arrived to the loop, and then waits for more, for so many seconds.
  mutating func play(_ script: Script, takeMail: (inout Loop, Double) -> Bool) throws(Failure) {
    advance(by: .seconds(1))
    loop.dispatch(.started)
    for step in script.steps {
      switch step {
      case .key(let key):
        advance(by: .milliseconds(10))
        loop.dispatch(.key(key))
      case .pause: advance(by: .seconds(1))
      case .wait: try wait(takeMail)
      }
      if loop.state.isDone { return }
    }
    try wait(takeMail)
  }

  private mutating func advance(by duration: Duration) {
    let now = clock.advanced(by: duration)
    clock = now
    loop.now = { now }
  }

  private mutating func wait(_ takeMail: (inout Loop, Double) -> Bool) throws(Failure) {
    let start = ContinuousClock.now
    while !isSettled {
      _ = takeMail(&loop, 0.1)
      if ContinuousClock.now - start > Self.patience { throw Failure("no exact result came") }
    }
  }

  private var isSettled: Bool {
    let state = loop.state
    if state.focus.row.layer != nil, state.detail == nil, state.costFailure == nil { return false }
    if case .export(let form) = state.overlay, form.isWriting { return false }
    if state.isMeasuringSizes { return false }
    let training = state.distilling.status
    if training == .preparing || training == .running { return false }
    if case .failed = state.data { return true }
    if state.costFailure != nil || state.measurement.failure != nil { return true }
    return state.measurement.isExact && state.baseline?.isExact == true
  }
}
