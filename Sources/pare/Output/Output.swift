import Foundation

/// Standard output.
enum Output {
  /// Nobody reads it any more.
  struct Closed: Error {}

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Writes a line.
  ///
  /// - Throws: `Closed` where the reader has gone, `Failure` where it cannot be written otherwise.
  static func print(_ text: String) throws {
    let bytes = Array((text + "\n").utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count >= 0 {
        written += count
      } else if errno == EPIPE {
        throw Closed()
      } else if errno != EINTR {
        throw Failure(description: "standard output: \(String(cString: strerror(errno)))")
      }
    }
  }

  static func print(_ value: JSON) throws { try print(value.description) }
}
