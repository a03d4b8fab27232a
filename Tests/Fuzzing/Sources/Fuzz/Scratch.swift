import Foundation

/// A directory in memory, where there is one, for what is only read from files.
struct Scratch {
  let path: String

  /// - Parameter name: of the directory, the same in every run, so that runs that were broken off leave no more than one.
  init(_ name: String) {
    let shared = "/dev/shm"
    let base = access(shared, W_OK) == 0 ? shared : NSTemporaryDirectory()
    path = "\(base)/pare-fuzz-\(name)-\(getuid())"
    try? FileManager.default.removeItem(atPath: path)
    mkdir(path, 0o700)
  }

  /// The path of a file or directory inside.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  func makeDirectory(_ name: String) { mkdir(self(name), 0o700) }

  /// - Returns: the path of the file, which now holds these bytes.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) -> String {
    let path = self(name)
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0, Foundation.write(file, bytes, bytes.count) == bytes.count else {
      fatalError("\(path) cannot be written")
    }
    close(file)
    return path
  }
}
