import Foundation

/// The terminal: paints buffers upon it and waits for what comes from it.
///
/// It belongs to one thread, and there is one at a time. From `init` to `close()` the program has the whole
/// screen; whatever happens in between (an error, a signal, a crash, `exit`), the terminal is put back.
///
///     let driver = try Driver()
///     defer { driver.close() }
///     while !state.isDone {
///       driver.paint(view(state, size: driver.size))
///       for event in driver.events(until: state.deadline) { state.update(event) }
///     }
///
/// `events` blocks until something happens: a program with nothing to do costs nothing.
public final class Driver {
  public typealias Instant = ContinuousClock.Instant

  /// The size of the terminal now.
  public private(set) var size: Size
  /// How many colours are shown; buffers may hold any.
  public var colorDepth: ColorDepth { curses.depth }
  /// The characters to draw with: Unicode where the locale has it, otherwise ASCII.
  public let glyphs: Glyphs
  /// Wakes `events(until:)` from another thread.
  public let waker: Waker

  /// Whether the mouse is reported. While it is not, the terminal selects text with it.
  public var isMouseEnabled = false {
    didSet {
      if isMouseEnabled != oldValue, isOpen { send(isMouseEnabled ? Mode.mouseOn : Mode.mouseOff) }
    }
  }

  private let curses: Curses
  private let signals: WakePipe
  private let saved: termios
  private var decoder: InputDecoder
  private var isOpen = true
  private var isClosed = false

  /// Private modes of xterm and its descendants; a terminal that lacks one ignores it.
  private enum Mode {
    // 1002 reports presses, releases and drags; 1006 has them in a form without limits.
    static let mouseOn = "\u{1b}[?1002h\u{1b}[?1006h"
    static let mouseOff = "\u{1b}[?1006l\u{1b}[?1002l"
    static let pasteOn = "\u{1b}[?2004h"
    static let pasteOff = "\u{1b}[?2004l"
    // Synchronized output: the terminal shows a frame when it is complete.
    static let frameBegins = "\u{1b}[?2026h"
    static let frameEnds = "\u{1b}[?2026l"
  }

  /// Takes the terminal of standard input and output.
  ///
  /// `environment` is read for `TERM`, `COLORTERM`, `NO_COLOR`, `ESCDELAY` (milliseconds) and `PARE_GLYPHS`
  /// (`ascii` or `unicode`).
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment, mouse: Bool = true
  ) throws(DriverError) {
    guard !TerminalSignals.areInstalled else { throw .alreadyOpen }
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
    var settings = termios()
    guard tcgetattr(STDIN_FILENO, &settings) == 0 else {
      throw .system(operation: "tcgetattr", code: errno)
    }
    saved = settings
    signals = try WakePipe()
    waker = Waker(pipe: try WakePipe())
    decoder = InputDecoder(escapeDelay: Self.escapeDelay(environment))
    // Only the character set: the locale's decimal comma has no business in our files.
    setlocale(LC_CTYPE, "")
    let isUnicode = String(cString: nl_langinfo(nl_item(CODESET))) == "UTF-8"
    glyphs = isUnicode && environment["PARE_GLYPHS"] != "ascii" ? .unicode : .ascii
    do {
      curses = try Curses(environment: environment, isUnicode: glyphs == .unicode)
    } catch {
      tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
      throw error
    }
    size = Self.currentSize() ?? Size(columns: 80, rows: 24)
    curses.resize(size)
    let modesOff = Mode.frameEnds + Mode.mouseOff + Mode.pasteOff
    TerminalSignals.install(
      pipe: signals, output: STDOUT_FILENO, reset: Array(modesOff.utf8) + curses.resetSequence, saved: saved)
    isMouseEnabled = mouse
    enterModes()
  }

  deinit {
    close()
  }

  /// Gives the terminal back. Safe to call more than once.
  public func close() {
    guard !isClosed else { return }
    leave()
    isClosed = true
    TerminalSignals.uninstall()
  }

  /// Shows `buffer`. A buffer that is shown already costs a comparison.
  public func paint(_ buffer: Buffer) {
    guard isOpen, !isClosed, !curses.shows(buffer) else { return }
    send(Mode.frameBegins)
    curses.paint(buffer, size: size)
    send(Mode.frameEnds)
  }

  /// Paints the next frame whole, whatever the terminal shows: for Ctrl-L.
  public func repaint() {
    curses.forget()
  }

  /// Waits for events and returns all that there are, in order; none when `deadline` has passed.
  public func events(until deadline: Instant? = nil) -> [Event] {
    while true {
      let wait = [deadline, decoder.deadline].compactMap { $0 }.min()
      var sources = [STDIN_FILENO, signals.readEnd, waker.pipe.readEnd].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      poll(&sources, nfds_t(sources.count), wait.map { Self.milliseconds(until: $0) } ?? -1)
      var events: [Event] = []
      if sources[1].revents != 0 { events += takeSignals() }
      if sources[0].revents != 0 { events += takeInput() }
      if sources[2].revents != 0, !waker.pipe.drain().isEmpty { events.append(.wake) }
      events += decoder.expire(at: .now)
      if !events.isEmpty { return events }
      if let deadline, .now >= deadline { return [] }
    }
  }

  /// Runs `body` with the terminal given back, such as for another program, then takes it again.
  public func suspended<Result>(_ body: () throws -> Result) rethrows -> Result {
    leave()
    defer { enter() }
    return try body()
  }

  /// Lets the calling thread overflow its stack and still leave the terminal in order. The thread of the driver
  /// is covered already; call this first thing on others that go deep.
  public static func protectThread() {
    TerminalSignals.useAlternateStack()
  }

  private func takeInput() -> [Event] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(STDIN_FILENO, &bytes, bytes.count)
    if count > 0 { return decoder.feed(bytes.prefix(count), at: .now) }
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : [.quit(.hangup)]
  }

  private func takeSignals() -> [Event] {
    var events: [Event] = []
    for notice in signals.drain().compactMap(TerminalSignals.Notice.init(rawValue:)) {
      let event: Event
      switch notice {
      case .resize:
        takeSize()
        event = .resize(size)
      case .stop:
        leave()
        TerminalSignals.stopProcess()
        enter()
        event = .resume
      case .resume:
        // Somebody stopped us without asking (SIGSTOP): the terminal may be in any state.
        leave()
        enter()
        event = .resume
      case .interrupt: event = .quit(.interrupt)
      case .terminate: event = .quit(.terminate)
      case .hangup: event = .quit(.hangup)
      }
      if events.last != event { events.append(event) }
    }
    return events
  }

  private func takeSize() {
    guard let current = Self.currentSize() else { return }
    size = current
    curses.resize(current)
  }

  private func leave() {
    guard isOpen, !isClosed else { return }
    isOpen = false
    send(Mode.frameEnds + Mode.mouseOff + Mode.pasteOff)
    curses.leave()
    var settings = saved
    tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    TerminalSignals.setScreenOpen(false)
  }

  private func enter() {
    guard !isOpen, !isClosed else { return }
    isOpen = true
    TerminalSignals.setScreenOpen(true)
    takeSize()
    curses.forget()
    enterModes()
  }

  private func enterModes() {
    send(Mode.pasteOn + (isMouseEnabled ? Mode.mouseOn : ""))
  }

  private func send(_ text: String) {
    let bytes = Array(text.utf8)
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      offset += count
    }
  }

  private static func currentSize() -> Size? {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
      return nil
    }
    return Size(columns: Int(window.ws_col), rows: Int(window.ws_row))
  }

  private static func escapeDelay(_ environment: [String: String]) -> Duration {
    let delay = environment["ESCDELAY"].flatMap { Int($0) } ?? 200
    return .milliseconds(min(max(delay, 10), 2000))
  }

  /// Rounded up, so that the time has passed when `poll` returns.
  private static func milliseconds(until deadline: Instant) -> Int32 {
    let rest = Instant.now.duration(to: deadline)
    guard rest > .zero else { return 0 }
    let (seconds, attoseconds) = rest.components
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    return Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
  }
}
