import Foundation

/// The signals that concern a terminal, and the promise that it is never left in disorder.
///
/// - SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM and SIGHUP become a byte in a pipe, for the main loop.
/// - SIGILL (a Swift trap), SIGTRAP, SIGSEGV, SIGBUS, SIGFPE and SIGABRT put the terminal back first, and then
///   do whatever they did before: Swift's backtracer prints to an ordinary screen, and a core is still dumped.
/// - SIGQUIT (Ctrl-\) does the same: it is the way out when the main thread hangs.
/// - `exit` puts the terminal back as well.
///
/// Handlers touch only memory that was laid out beforehand, and call only what POSIX lists as safe there.
enum TerminalSignals {
  static let noticed: [(signal: Int32, byte: UInt8)] = [
    (SIGWINCH, Notice.resize.rawValue), (SIGTSTP, Notice.stop.rawValue), (SIGCONT, Notice.resume.rawValue),
    (SIGINT, Notice.interrupt.rawValue), (SIGTERM, Notice.terminate.rawValue),
    (SIGHUP, Notice.hangup.rawValue),
  ]
  private static let fatal = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGQUIT]

  enum Notice: UInt8 {
    case resize = 0x57
    case stop = 0x5a
    case resume = 0x43
    case interrupt = 0x49
    case terminate = 0x54
    case hangup = 0x48
  }

  static var areInstalled: Bool { record != nil }

  /// Takes over the signals. `reset` is what puts the terminal back, written as it is to `output`, after
  /// which `saved` is set again.
  static func install(pipe: WakePipe, output: Int32, reset: [UInt8], saved: termios) {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, reset.count))
    bytes.update(from: reset, count: reset.count)
    let new = UnsafeMutablePointer<SignalRecord>.allocate(capacity: 1)
    new.initialize(
      to: SignalRecord(
        pipe: pipe.writeEnd, output: output, reset: bytes, resetCount: reset.count, saved: saved))
    record = new
    useAlternateStack()
    for (signal, _) in noticed { replace(signal, by: noticeAction()) }
    for signal in fatal { replace(signal, by: fatalAction()) }
    if !hasExitHook {
      hasExitHook = true
      atexit { restoreTerminal() }
    }
  }

  /// Gives the signals back to whoever had them.
  static func uninstall() {
    guard let old = record else { return }
    for signal in noticed.map(\.signal) + fatal {
      if var previous = previousActions[signal] { sigaction(signal, &previous, nil) }
    }
    previousActions = [:]
    record = nil
    // The record itself stays: a handler on another thread may be reading it.
    old.pointee.isScreenOpen = false
  }

  /// While the screen is left (stopped, or another program runs) there is nothing to put back.
  static func setScreenOpen(_ isOpen: Bool) {
    record?.pointee.isScreenOpen = isOpen
  }

  /// Stops the process as Ctrl-Z does by default, and returns when it goes on.
  static func stopProcess() {
    guard var ours = currentAction(SIGTSTP), var standard = previousActions[SIGTSTP] else { return }
    sigaction(SIGTSTP, &standard, nil)
    raise(SIGTSTP)
    sigaction(SIGTSTP, &ours, nil)
  }

  /// Gives the calling thread a stack for its handlers, so that even an overflow of its own stack leaves the
  /// terminal in order.
  static func useAlternateStack() {
    var current = stack_t()
    // Swift's backtracer may have set one up.
    if sigaltstack(nil, &current) == 0, current.ss_flags & Int32(SS_DISABLE) == 0 { return }
    let size = 64 * 1024
    var stack = stack_t()
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    stack.ss_size = size
    sigaltstack(&stack, nil)
  }

  private static func currentAction(_ signal: Int32) -> sigaction? {
    var action = sigaction()
    return sigaction(signal, nil, &action) == 0 ? action : nil
  }

  private static func replace(_ signal: Int32, by action: sigaction) {
    var action = action
    guard var previous = currentAction(signal) else { return }
    previousActions[signal] = previous
    if fatal.contains(signal) {
      record?.pointee.setPrevious(previous, for: signal)
    } else if signal != SIGWINCH, isIgnored(&previous) {
      // What a parent told us to ignore (nohup, a shell without job control) stays ignored.
      return
    }
    sigaction(signal, &action, nil)
  }
}

/// What a handler may read: laid out before it is installed.
struct SignalRecord {
  let pipe: Int32
  let output: Int32
  let reset: UnsafeMutablePointer<UInt8>
  let resetCount: Int
  var saved: termios
  var isScreenOpen = true
  /// By signal number; the fatal ones are all below 16.
  private let previous = UnsafeMutablePointer<sigaction>.allocate(capacity: 16)

  init(
    pipe: Int32, output: Int32, reset: UnsafeMutablePointer<UInt8>, resetCount: Int, saved: termios
  ) {
    self.pipe = pipe
    self.output = output
    self.reset = reset
    self.resetCount = resetCount
    self.saved = saved
    previous.initialize(repeating: sigaction(), count: 16)
  }

  func setPrevious(_ action: sigaction, for signal: Int32) {
    previous[Int(signal)] = action
  }

  func restorePrevious(_ signal: Int32) {
    sigaction(signal, previous + Int(signal), nil)
  }
}

// Handlers cannot be given anything, so this is the one place for state of the process. The record is written
// before any handler is installed and only read by them; the rest belongs to the thread of the driver.
private nonisolated(unsafe) var record: UnsafeMutablePointer<SignalRecord>?
private nonisolated(unsafe) var previousActions: [Int32: sigaction] = [:]
private nonisolated(unsafe) var hasExitHook = false

/// Puts the terminal back, once.
private func restoreTerminal() {
  guard let record, record.pointee.isScreenOpen else { return }
  record.pointee.isScreenOpen = false
  var offset = 0
  while offset < record.pointee.resetCount {
    let count = write(
      record.pointee.output, record.pointee.reset + offset, record.pointee.resetCount - offset)
    guard count > 0 else { break }
    offset += count
  }
  tcsetattr(record.pointee.output, TCSANOW, &record.pointee.saved)
}

private func notice(_ signal: Int32) {
  guard let record else { return }
  let error = errno
  var byte: UInt8 =
    switch signal {
    case SIGWINCH: TerminalSignals.Notice.resize.rawValue
    case SIGTSTP: TerminalSignals.Notice.stop.rawValue
    case SIGCONT: TerminalSignals.Notice.resume.rawValue
    case SIGINT: TerminalSignals.Notice.interrupt.rawValue
    case SIGTERM: TerminalSignals.Notice.terminate.rawValue
    default: TerminalSignals.Notice.hangup.rawValue
    }
  _ = write(record.pointee.pipe, &byte, 1)
  errno = error
}

private func crash(
  _ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
) {
  restoreTerminal()
  guard let record else { return }
  record.pointee.restorePrevious(signal)
  // A fault happens again when the handler returns, now before the previous handler and at the true place.
  // A signal that somebody sent has to be sent again; it waits until the handler returns.
  let wasSent = (info?.pointee.si_code ?? 0) <= 0 || signal == SIGQUIT
  if wasSent { raise(signal) }
}

private func noticeAction() -> sigaction {
  var action = sigaction()
  #if canImport(Darwin)
    action.__sigaction_u.__sa_handler = notice
  #else
    action.__sigaction_handler.sa_handler = notice
  #endif
  action.sa_flags = SA_RESTART
  return action
}

private func fatalAction() -> sigaction {
  var action = sigaction()
  #if canImport(Darwin)
    action.__sigaction_u.__sa_sigaction = crash
  #else
    action.__sigaction_handler.sa_sigaction = crash
  #endif
  action.sa_flags = SA_SIGINFO | SA_ONSTACK
  return action
}

private func isIgnored(_ action: inout sigaction) -> Bool {
  #if canImport(Darwin)
    let handler = action.__sigaction_u.__sa_handler
  #else
    let handler = action.__sigaction_handler.sa_handler
  #endif
  return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}
