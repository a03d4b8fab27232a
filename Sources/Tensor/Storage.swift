import Foundation
import Synchronization

/// Bytes that tensors share: memory of our own, or a part of a mapped file.
///
/// Unchecked, because it holds a pointer: the bytes are written only while one owner fills them, before the
/// tensor around them is handed out, and never after.
public final class Storage: @unchecked Sendable {
  /// How the bytes were got, and so how they are given back.
  private enum Memory { case allocated, pages, others }

  public let bytes: UnsafeMutableRawBufferPointer
  private let owner: MappedFile?
  private let memory: Memory
  /// Where the bytes begin in the file.
  private let start: Int
  /// The fingerprint of the bytes that was asked for last, and where they lie.
  private let known = Mutex<(range: Range<Int>, hash: ContentHash)?>(nil)
  /// Aligned copies of some of the bytes that somebody holds, by where these begin.
  private let copies = Mutex<[Int: Copy]>([:])

  private struct Copy {
    weak var storage: Storage?
  }

  /// Bytes of a file that are copied at a time, so that they do not lie in memory twice.
  private static let piece = 4 << 20

  /// Memory for `byteCount` bytes, aligned to a cache line, not initialised.
  public init(byteCount: Int) {
    bytes = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    owner = nil
    memory = .allocated
    start = 0
  }

  /// Memory of somebody else's, which must stay in place and unchanged for as long as this lives.
  package init(borrowing address: UnsafeMutableRawPointer, byteCount: Int) {
    bytes = UnsafeMutableRawBufferPointer(start: address, count: byteCount)
    owner = nil
    memory = .others
    start = 0
  }

  /// Zeros that take no memory and cannot be written.
  ///
  /// - Returns: nil where there is no room for so many addresses.
  package init?(zeros byteCount: Int) {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let address = mmap(nil, max(byteCount, 1), PROT_READ, flags, -1, 0), address != MAP_FAILED else {
      return nil
    }
    bytes = UnsafeMutableRawBufferPointer(start: address, count: byteCount)
    owner = nil
    memory = .pages
    start = 0
  }

  /// A view of a mapped file, which stays mapped as long as this lives. The pages are read-only.
  public init(mapped file: MappedFile, range: Range<Int>) {
    bytes = UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    owner = file
    memory = .others
    start = range.lowerBound
  }

  /// A whole file: what is small is copied, so that whoever writes over the file does not change what was read.
  ///
  /// - Parameter besides: bytes of other files that belong to it, which count too.
  public convenience init(_ file: MappedFile, besides: Int = 0) {
    let size = file.bytes.count
    guard size > 0, size + besides < 64 << 20 else {
      self.init(mapped: file, range: 0..<size)
      return
    }
    self.init(byteCount: size)
    bytes.copyMemory(from: file.bytes)
  }

  /// Whether the bytes lie in a file.
  package var isMapped: Bool { owner != nil }

  /// Says that bytes of a mapped file are not needed for now, so that they take no memory twice once they are copied.
  package func forget(_ range: Range<Int>) {
    owner?.forget(start + range.lowerBound..<start + range.upperBound)
  }

  /// A copy of some of the bytes that begins at a cache line, the same one for all who ask while somebody holds it.
  func copy(_ range: Range<Int>) -> Storage {
    // Under the lock, so that two who come at once do not make two.
    copies.withLock { copies in
      if let known = copies[range.lowerBound]?.storage, known.bytes.count >= range.count { return known }
      let copy = Storage(byteCount: range.count)
      for start in stride(from: 0, to: range.count, by: Self.piece) {
        let piece = start..<min(start + Self.piece, range.count)
        let source = range.lowerBound + piece.lowerBound..<range.lowerBound + piece.upperBound
        UnsafeMutableRawBufferPointer(rebasing: copy.bytes[piece]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[source]))
        forget(source)
      }
      copies[range.lowerBound] = Copy(storage: copy)
      return copy
    }
  }

  /// The fingerprint of some of the bytes, worked out once where they never change.
  func contentHash(_ range: Range<Int>) -> ContentHash {
    if let known = known.withLock({ $0 }), known.range == range { return known.hash }
    let hash = ContentHash(UnsafeRawBufferPointer(rebasing: bytes[range]))
    forget(range)
    // What is borrowed may be written to again.
    if memory != .others || owner != nil { known.withLock { $0 = (range, hash) } }
    return hash
  }

  deinit {
    switch memory {
    case .allocated: bytes.deallocate()
    case .pages: munmap(bytes.baseAddress, max(bytes.count, 1))
    case .others: break
    }
  }
}
