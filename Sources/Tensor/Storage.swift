import Foundation

/// Bytes that tensors share: memory of our own, or a part of a mapped file.
///
/// Unchecked, because it holds a pointer: the bytes are written only while one owner fills them, before the
/// tensor around them is handed out, and never after.
public final class Storage: @unchecked Sendable {
  public let bytes: UnsafeMutableRawBufferPointer
  private let owner: MappedFile?
  private let isOwn: Bool
  /// Where the bytes begin in the file.
  private let start: Int

  /// Memory for `byteCount` bytes, aligned to a cache line, not initialised.
  public init(byteCount: Int) {
    bytes = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    owner = nil
    isOwn = true
    start = 0
  }

  /// Memory of somebody else's, which must stay in place and unchanged for as long as this lives.
  package init(borrowing address: UnsafeMutableRawPointer, byteCount: Int) {
    bytes = UnsafeMutableRawBufferPointer(start: address, count: byteCount)
    owner = nil
    isOwn = false
    start = 0
  }

  /// A view of a mapped file, which stays mapped as long as this lives. The pages are read-only.
  public init(mapped file: MappedFile, range: Range<Int>) {
    bytes = UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    owner = file
    isOwn = false
    start = range.lowerBound
  }

  /// Says that bytes of a mapped file are not needed for now, so that they take no memory twice once they are copied.
  package func forget(_ range: Range<Int>) {
    owner?.forget(start + range.lowerBound..<start + range.upperBound)
  }

  deinit {
    if isOwn { bytes.deallocate() }
  }
}
