import Compression
import Synchronization

/// The samples for calibration, once they are loaded: put here by the session's thread, for all others.
final class SampleShelf: Sendable {
  private let held = Mutex<CalibrationData?>(nil)

  var samples: CalibrationData? {
    get { held.withLock { $0 } }
    set { held.withLock { $0 = newValue } }
  }
}
