import Foundation
import Testing

/// A real terminal emulator, tmux, with a shell in it; nobody else's tmux is touched.
final class TerminalEmulator {
  static let isInstalled = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/bin/tmux"].contains {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// The built program, which lies beside the bundle of the tests.
  static var program: String {
    for argument in CommandLine.arguments {
      guard let range = argument.range(of: ".xctest", options: .backwards) else { continue }
      let folder = URL(fileURLWithPath: String(argument[..<range.upperBound])).deletingLastPathComponent()
      let program = folder.appending(path: "pare").path
      if FileManager.default.isExecutableFile(atPath: program) { return program }
    }
    return Bundle.main.bundleURL.appending(path: "pare").path
  }

  /// Where the shell is, and all that the program keeps.
  let folder: URL
  private let socket = "pare-test-\(UUID().uuidString.prefix(8))"

  init(_ columns: Int, _ rows: Int, in folder: URL? = nil, environment: [String: String] = [:]) throws {
    self.folder =
      folder ?? FileManager.default.temporaryDirectory.appending(path: "pare-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    var settings = [
      "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": self.folder.path, "XDG_CONFIG_HOME": self.folder.path,
      "PS1": "$ ",
      "HISTFILE": "",
      // After a crash, Swift would ask what to do and wait for an answer.
      "SWIFT_BACKTRACE": "enable=no",
    ]
    settings.merge(environment) { _, given in given }
    var arguments = ["new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "-c", self.folder.path]
    for (name, value) in settings { arguments += ["-e", "\(name)=\(value)"] }
    // A plain shell, and a window that stays of the size it was given.
    try tmux(["-f", "/dev/null"] + arguments + ["sh"])
    try tmux(["set-option", "-g", "window-size", "manual"])
  }

  deinit { _ = try? tmux(["kill-server"]) }

  /// Asks tmux, and returns its answer.
  ///
  /// Not by Foundation's `Process`, which waits for as long as any offspring lives: tmux's server, for one.
  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let answer = folder.appending(path: ".answer").path
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, answer, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // A server that inherits blocked signals cannot be told to end.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words = (["tmux", "-L", socket] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var number: pid_t = 0
    let code = posix_spawnp(&number, "tmux", &actions, &attributes, &words, environ)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .ENOENT) }
    var status: Int32 = 0
    while waitpid(number, &status, 0) < 0, errno == EINTR {}
    return try String(contentsOfFile: answer, encoding: .utf8)
  }

  /// Presses keys, by tmux's names for them.
  func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

  /// Types a line and Enter.
  func type(_ line: String) throws {
    try tmux(["send-keys", "-l", line])
    try tmux(["send-keys", "Enter"])
  }

  /// The program under its number, so that signals can be sent to it; what it ends with is printed.
  func start(_ arguments: String) throws {
    try type("stty -a > before")
    try type(
      "sh -c 'echo $$ > pid; exec \"\(Self.program)\" \(arguments)'; echo \"ended with $?\"; stty -a > after")
  }

  func resize(_ columns: Int, _ rows: Int) throws {
    try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  var screen: String { get throws { try tmux(["capture-pane", "-p"]) } }

  /// What tmux knows of the terminal: `alternate_on`, `cursor_flag`, `mouse_any_flag`.
  func flag(_ name: String) throws -> String {
    try tmux(["display-message", "-p", "#{\(name)}"]).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Waits until the screen is as it should be, and returns it.
  @discardableResult
  func wait(
    for what: String, sourceLocation: SourceLocation = #_sourceLocation, _ isThere: (String) -> Bool
  ) throws -> String {
    let deadline = Date(timeIntervalSinceNow: 60)
    var last = ""
    while Date() < deadline {
      last = try screen
      if isThere(last) { return last }
      usleep(50_000)
    }
    Issue.record("no \(what) came; the screen is\n\(last)", sourceLocation: sourceLocation)
    return last
  }

  /// Sends a signal to the program.
  func signal(_ name: String) throws {
    let number = try text(of: "pid").trimmingCharacters(in: .whitespacesAndNewlines)
    let signals = [
      "TERM": SIGTERM, "KILL": SIGKILL, "SEGV": SIGSEGV, "ILL": SIGILL, "ABRT": SIGABRT,
    ]
    kill(try #require(pid_t(number)), try #require(signals[name]))
  }

  func text(of file: String) throws -> String {
    try String(contentsOf: folder.appending(path: file), encoding: .utf8)
  }
}
