import Foundation

/// Lets work that nobody waits for stand back while there is some that somebody does.
///
/// Unchecked, because it holds a condition; all state is read and written under it.
final class RightOfWay: @unchecked Sendable {
  private let condition = NSCondition()
  private var isTaken = false
  private var trainings = 0

  /// Whether somebody waits for what is being done.
  var isUrgent: Bool {
    get { condition.withLock { isTaken } }
    set {
      condition.withLock {
        isTaken = newValue
        condition.broadcast()
      }
    }
  }

  /// Whether somebody stands back, and so nothing should be done that nobody asked for.
  var isTraining: Bool { condition.withLock { trainings > 0 } }

  func beginsTraining() { condition.withLock { trainings += 1 } }
  func endsTraining() { condition.withLock { trainings -= 1 } }

  /// Wakes whoever stands back, to look again whether to go on.
  func remind() { condition.withLock { condition.broadcast() } }

  /// Returns when nothing urgent is being done and `mayGo`, or at once when `isOver`.
  ///
  /// - Returns: the seconds that it took.
  @discardableResult
  func standBack(unless isOver: () -> Bool, until mayGo: () -> Bool = { true }) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    condition.withLock {
      while !isOver(), isTaken || !mayGo() { condition.wait() }
    }
    return start.duration(to: clock.now).inSeconds
  }
}
