import Foundation

/// A file while it is being written: it appears under its name whole, or not at all.
///
/// The bytes go to a hidden file beside the target, which is flushed to the disk and then renamed over it; a
/// reader sees the old file or the new one. When anything fails, the hidden file is removed.
public final class AtomicFile {
  private let path: String
  private let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Writes `path` with what `body` gives to the file; a link is followed, and a device such as /dev/null or
  /// a pipe is written to as it is.
  ///
  /// - Throws: `FormatError` that names `path` and gives the system's reason, such as a full disk, or what
  ///   `body` throws.
  public static func write(
    to path: String, _ body: (AtomicFile) throws(FormatError) -> Void
  ) throws(FormatError) {
    let target = resolvingLink(path)
    var status = stat()
    let exists = stat(target, &status) == 0
    switch status.st_mode & S_IFMT {
    case S_IFDIR where exists: throw FormatError(path, "cannot be written: it is a directory")
    case S_IFREG: break
    case _ where exists:
      try writeThrough(path, body)
      return
    default: break
    }

    let temporary = temporaryName(beside: target)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path) }
    var isRenamed = false
    defer { if !isRenamed { unlink(temporary) } }
    do {
      defer { close(descriptor) }
      if exists { fchmod(descriptor, status.st_mode & 0o7777) }
      try body(AtomicFile(path: path, descriptor: descriptor))
      guard fsync(descriptor) == 0 else { throw failure(path) }
    }
    guard rename(temporary, target) == 0 else { throw failure(path) }
    isRenamed = true
    syncDirectory(of: target)
  }

  /// Writes `path` with these bytes.
  ///
  /// - Throws: `FormatError` as `write(to:_:)`.
  public static func write(_ bytes: [UInt8], to path: String) throws(FormatError) {
    try write(to: path) { (file) throws(FormatError) in try file.append(bytes) }
  }

  /// Writes `path` with this text.
  ///
  /// - Throws: `FormatError` as `write(to:_:)`.
  public static func write(_ text: String, to path: String) throws(FormatError) {
    try write(Array(text.utf8), to: path)
  }

  /// Appends bytes to the file.
  ///
  /// - Throws: `FormatError` with the system's reason.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var rest = bytes
    while !rest.isEmpty {
      // Linux moves at most 2 GiB in one call, and says how many bytes it took.
      let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw Self.failure(path)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Appends bytes to the file.
  ///
  /// - Throws: `FormatError` with the system's reason.
  public func append(_ bytes: [UInt8]) throws(FormatError) {
    do {
      try bytes.withUnsafeBytes { try append($0) }
    } catch let error as FormatError {
      throw error
    } catch {
      // `withUnsafeBytes` forgets the type of what its body throws, which is `FormatError` alone.
      preconditionFailure("append throws nothing else")
    }
  }

  private static func writeThrough(
    _ path: String, _ body: (AtomicFile) throws(FormatError) -> Void
  ) throws(FormatError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    try body(AtomicFile(path: path, descriptor: descriptor))
  }

  private static func failure(_ path: String) -> FormatError {
    FormatError(path, "cannot be written: \(String(cString: strerror(errno)))")
  }

  /// Renaming over a link would replace the link, not the file that it stands for.
  private static func resolvingLink(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func temporaryName(beside target: String) -> String {
    let name = "pare-\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).part"
    guard let slash = target.lastIndex(of: "/") else { return ".\(name)" }
    return "\(target[...slash]).\(name)"
  }

  /// So that the new name itself survives a power cut; file systems that cannot do it say so, and are let be.
  private static func syncDirectory(of target: String) {
    let directory = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
