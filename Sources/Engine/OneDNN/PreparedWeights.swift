import COneDNN
import Foundation
import Tensor

/// Weights in the layouts that primitives asked for, shared by all plans that are alive: those of a graph for several
/// batches, and those of the graph before, of which a move has changed one layer.
///
/// Unchecked, because it holds a lock; the mutable state is read and written under it.
final class PreparedWeights: @unchecked Sendable {
  static let shared = PreparedWeights()

  /// What decides the bytes.
  struct Key: Hashable {
    let content: ContentHash
    let given: ContentHash
    let wanted: ContentHash

    init(_ tensor: Tensor, from given: MemoryDescriptor, to wanted: MemoryDescriptor) {
      content = tensor.contentHash
      self.given = given.contentHash
      self.wanted = wanted.contentHash
    }
  }

  private struct Entry {
    weak var storage: Storage?
  }

  private let lock = NSLock()
  private var entries: [Key: Entry] = [:]
  private var nextSweep = 256

  /// The weights that somebody has already, or new ones.
  func storage(_ key: Key, _ make: () throws -> Storage) rethrows -> Storage {
    if let known = lock.withLock({ entries[key]?.storage }) { return known }
    let storage = try make()
    lock.withLock {
      entries[key] = Entry(storage: storage)
      if entries.count >= nextSweep {
        entries = entries.filter { $0.value.storage != nil }
        nextSweep = max(256, 2 * entries.count)
      }
    }
    return storage
  }
}

extension MemoryDescriptor {
  /// Of sizes, type and layout.
  fileprivate var contentHash: ContentHash { withUnsafeBytes(of: raw) { ContentHash($0) } }
}
