import Foundation
import Synchronization

/// Ctrl-C, or a polite request to end, turned into a question that work asks now and then.
enum Interrupt {
  private static let signal = Atomic<Int32>(0)

  /// From now on the signals end the work in hand, and no longer the program at once. A second one does.
  static func catchSignals() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&signals, number)
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { Interrupt.signal.store($0, ordering: .relaxed) }
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(number, &action, nil)
    }
    // Who started us may have blocked them: a program inherits that from the thread that starts it.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  static var isRequested: Bool { signal.load(ordering: .relaxed) != 0 }

  /// As shells count: 130 for SIGINT.
  static var exitCode: Int32 { 128 + max(signal.load(ordering: .relaxed), SIGINT) }
}
