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
    draw(evaluation.samples, of: evaluation.total, Numbers.percent(evaluation.score))
  }

  /// - Parameter text: what is being done, or what it came to.
  func show(_ done: Int, of total: Int, _ text: String) {
    if isShown, total > 0 { draw(done, of: total, text) }
  }

  private func draw(_ done: Int, of total: Int, _ text: String) {
    let width = Self.width * done / total
    let bar = String(repeating: "#", count: width) + String(repeating: ".", count: Self.width - width)
    draw("[\(bar)] \(Numbers.grouped(done)) of \(Numbers.grouped(total))  \(text)")
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
