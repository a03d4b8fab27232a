import Foundation

/// A pipe to oneself, which ends a `poll` from a signal handler or from another thread.
///
/// Neither end blocks: a full pipe already holds a wake-up, so one more is not missed.
final class WakePipe: Sendable {
  let readEnd: Int32
  let writeEnd: Int32

  init() throws(DriverError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system(operation: "pipe", code: errno) }
    for end in ends {
      _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  func write(_ byte: UInt8) {
    var byte = byte
    _ = Foundation.write(writeEnd, &byte, 1)
  }

  /// Everything that was written since the last time.
  func drain() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(readEnd, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }
}
