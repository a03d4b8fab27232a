import Foundation
import Synchronization
import Tensor

/// The files beside a model that hold its tensors, each mapped once; and how many bytes sparse tensors have been
/// made into.
///
/// A file is used only if it is a regular one in the model's own directory or below: a model must not be able to
/// bring in other files of the machine.
final class OutsideData: Sendable {
  private let modelPath: String
  private let state = Mutex(State())

  private struct State {
    /// By what the model calls them, and by what they are.
    var files: [String: Storage] = [:]
    var mapped: [String: Storage] = [:]
    /// Of all files together.
    var mappedBytes = 0
    var denseBytes = 0
    /// Of tensors that cannot be used where they lie.
    var copiedBytes = 0
  }

  /// Bytes that the sparse tensors of one model may take when they are dense. A small file gets less.
  private let denseLimit: Int
  /// Tensors may share their bytes, but not so that a small file fills the memory.
  private static let copies = 8

  /// - Parameter modelBytes: size of the model's file.
  init(modelPath: String, modelBytes: Int) {
    self.modelPath = modelPath
    denseLimit = min(max(1 << 28, 64 * min(modelBytes, 1 << 30)), 1 << 30)
  }

  /// Where the bytes of a tensor lie.
  ///
  /// - Parameters:
  ///   - size: bytes that its type and shape take.
  ///   - alignment: bytes that it must be aligned to, so that it is not copied; nil for what always is.
  /// - Throws: `FormatError` that names the tensor, for a place that is none, or not the model's own.
  func place(
    of message: TensorMessage, size: Int, alignment: Int?
  ) throws(FormatError) -> (Storage, Range<Int>) {
    func fail(_ reason: String) -> FormatError {
      FormatError(modelPath, "tensor '\(message.name)' \(reason)")
    }
    guard let location = message.external["location"], !location.isEmpty else {
      throw fail("lies in another file, but the model does not say in which")
    }
    let storage = try file(location, fail)
    let offset = try Self.number(message.external["offset"], "offset", fail) ?? 0
    let length = try Self.number(message.external["length"], "length", fail) ?? size
    guard length == size else {
      throw fail("has \(length) bytes in '\(location)', but its type and shape take \(size)")
    }
    let (end, overflow) = offset.addingReportingOverflow(length)
    let total = storage.count
    guard !overflow, end <= total else {
      throw fail("lies at byte \(offset) of '\(location)' and takes \(length), but that has only \(total)")
    }
    let isCopied = alignment.map { !offset.isMultiple(of: $0) } ?? true
    guard !isCopied || mayCopy(length) else {
      throw fail("lies at byte \(offset) of '\(location)', where others lie too, and cannot be used in place")
    }
    return (storage.storage, offset..<end)
  }

  private static func number(
    _ text: String?, _ name: String, _ fail: (String) -> FormatError
  ) throws(FormatError) -> Int? {
    guard let text else { return nil }
    guard let number = Int(text), number >= 0 else { throw fail("has \(name) '\(text)', which is no place") }
    return number
  }

  private func file(
    _ location: String, _ fail: (String) -> FormatError
  ) throws(FormatError) -> (storage: Storage, count: Int) {
    if let known = state.withLock({ $0.files[location] }) { return (known, known.bytes.count) }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.hasPrefix("/"), !parts.contains("..") else {
      throw fail("lies in '\(location)', which is outside of the model's directory")
    }
    let cut = modelPath.lastIndex(of: "/")
    let directory = cut.map { $0 == modelPath.startIndex ? "/" : String(modelPath[..<$0]) } ?? "."
    let path = "\(directory)/\(location)"
    guard let home = Self.real(directory), let real = Self.real(path) else {
      throw fail("lies in '\(location)', and there is no such file beside the model")
    }
    guard real.hasPrefix(home.hasSuffix("/") ? home : home + "/") else {
      throw fail("lies in '\(location)', a link that leads out of the model's directory")
    }
    if let known = state.withLock({ $0.mapped[real] }) {
      state.withLock { $0.files[location] = known }
      return (known, known.bytes.count)
    }
    let file: MappedFile
    do {
      file = try MappedFile(path: real)
    } catch {
      throw fail("lies in '\(location)', which cannot be read: \(error.reason)")
    }
    let storage = Storage(file, besides: state.withLock { $0.mappedBytes })
    state.withLock { state in
      state.files[location] = storage
      state.mapped[real] = storage
      state.mappedBytes += file.bytes.count
    }
    return (storage, file.bytes.count)
  }

  /// Without links, `.` and `..`; nil where there is nothing.
  private static func real(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// Whether so many bytes may be copied, which are then counted: all files a few times.
  private func mayCopy(_ bytes: Int) -> Bool {
    state.withLock { state in
      guard bytes <= Self.copies * state.mappedBytes - state.copiedBytes else { return false }
      state.copiedBytes += bytes
      return true
    }
  }

  /// Whether another sparse tensor may be made dense, which is then counted.
  func mayMakeDense(_ bytes: Int) -> Bool {
    state.withLock { state in
      guard bytes <= denseLimit - state.denseBytes else { return false }
      state.denseBytes += bytes
      return true
    }
  }
}
