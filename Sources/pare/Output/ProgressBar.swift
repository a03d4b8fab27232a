import Foundation
import Workbench

/// A line on standard error that shows how far an evaluation is, where that is a terminal.
final class ProgressBar {
  private static let width = 28
  private static let interval = Duration.milliseconds(50)
  private let isShown = isatty(STDERR_FILENO) != 0
  private var last: ContinuousClock.Instant?
  private var shown = 0

  func show(_ evaluation: Evaluation) {
    guard isShown, evaluation.total > 0 else { return }
    let now = ContinuousClock.now
    if let last, now - last < Self.interval, !evaluation.isExact { return }
    last = now
    let done = Self.width * evaluation.samples / evaluation.total
    let bar = String(repeating: "#", count: done) + String(repeating: ".", count: Self.width - done)
    let counts = "\(Numbers.grouped(evaluation.samples)) of \(Numbers.grouped(evaluation.total))"
    draw("[\(bar)] \(counts)  \(Numbers.percent(evaluation.score))")
  }

  /// Takes the line away.
  func clear() {
    guard shown > 0 else { return }
    draw("")
    FileHandle.standardError.write(Data("\r".utf8))
    shown = 0
  }

  private func draw(_ text: String) {
    // Blanks over what was there need no knowledge of the terminal.
    let rest = String(repeating: " ", count: max(0, shown - text.count))
    FileHandle.standardError.write(Data("\r\(text)\(rest)".utf8))
    shown = text.count
  }

  deinit { clear() }
}
