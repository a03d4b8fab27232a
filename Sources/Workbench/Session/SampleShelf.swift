import Compression
import Formats
import Synchronization

/// The data, and of them the samples for calibration, once they are loaded: put here by the session's thread, for all others.
final class SampleShelf: Sendable {
  private let loaded = Mutex<Dataset?>(nil)
  private let held = Mutex<CalibrationData?>(nil)

  var data: Dataset? {
    get { loaded.withLock { $0 } }
    set { loaded.withLock { $0 = newValue } }
  }

  var samples: CalibrationData? {
    get { held.withLock { $0 } }
    set { held.withLock { $0 = newValue } }
  }
}
