import Foundation
import Tensor

/// Values between the layers of networks, kept for the samples of one data set, so that a run of a network that
/// begins like an earlier one can be taken up where they part.
///
/// What is kept stays within a budget. First out is what saves the least computation for each byte, with what was not
/// used for long becoming worth less: the priority of GreedyDual-Size (Cao and Irani, "Cost-Aware WWW Proxy Caching
/// Algorithms", 1997).
///
/// Unchecked, because it holds a lock; the mutable state is read and written under it, and kept bytes are never
/// written again.
public final class ActivationCache: @unchecked Sendable {
  /// Bytes that may be kept.
  public let budget: Int

  private let lock = NSLock()
  private var entries: [ContentHash: Entry] = [:]
  /// Checkpoints that were passed: what is met for the first time will most often not be met again.
  private var seen: Set<ContentHash> = []
  private var hitCount = 0
  private var used = 0
  /// The priority of what was given up last.
  private var floor = 0.0
  private var spare: [Int: [Storage]] = [:]
  private var spareBytes = 0

  private struct Entry {
    /// By the first sample and the number of them.
    var batches: [Range<Int>: Storage] = [:]
    var byteCount = 0
    /// Nanoseconds of computing that each byte saves.
    let worth: Double
    var priority: Double
  }

  private static let seenLimit = 100_000

  /// - Parameter budget: bytes.
  public init(budget: Int) { self.budget = max(budget, 0) }

  /// How often a run of some samples was taken up at a checkpoint.
  public var hits: Int { lock.withLock { hitCount } }

  /// Bytes that are kept.
  public var byteCount: Int { lock.withLock { used + spareBytes } }

  /// Says that a run is about to pass these checkpoints.
  ///
  /// - Returns: whether each is worth keeping: whether another run passed it before.
  func admit(_ checkpoints: [Checkpoint]) -> [Bool] {
    lock.withLock {
      if seen.count > Self.seenLimit { seen = Set(entries.keys) }
      return checkpoints.map { !seen.insert($0.key).inserted }
    }
  }

  /// The last of a plan's checkpoints that is kept for some samples, with its bytes.
  func latest(of checkpoints: [Checkpoint], _ rows: Range<Int>) -> (index: Int, storage: Storage)? {
    lock.withLock {
      for index in checkpoints.indices.reversed() {
        let key = checkpoints[index].key
        if let storage = entries[key]?.batches[rows] {
          entries[key]!.priority = floor + entries[key]!.worth
          hitCount += 1
          return (index, storage)
        }
      }
      return nil
    }
  }

  /// Keeps what `fill` writes, if there is room for it or it is worth more than what is kept.
  func keep(_ checkpoint: Checkpoint, _ rows: Range<Int>, _ fill: (UnsafeMutableRawPointer) -> Void) {
    guard let storage = room(for: checkpoint) else { return }
    fill(storage.bytes.baseAddress!)
    lock.withLock {
      var entry =
        entries[checkpoint.key]
        ?? Entry(worth: checkpoint.worth, priority: floor + checkpoint.worth)
      // Two threads never run the same samples.
      entry.byteCount += storage.bytes.count
      entry.batches[rows] = storage
      entries[checkpoint.key] = entry
    }
  }

  /// Memory for a checkpoint's bytes, counted as used; nil where what is kept is worth more.
  private func room(for checkpoint: Checkpoint) -> Storage? {
    lock.lock()
    defer { lock.unlock() }
    let size = checkpoint.byteCount
    while true {
      if let storage = takeSpare(size) {
        used += size
        return storage
      }
      if used + spareBytes + size <= budget {
        used += size
        return Storage(byteCount: size)
      }
      if spareBytes > 0 {
        (spare, spareBytes) = ([:], 0)
        continue
      }
      let priority = entries[checkpoint.key]?.priority ?? floor + checkpoint.worth
      guard let last = entries.min(by: { $0.value.priority < $1.value.priority }), last.key != checkpoint.key,
        last.value.priority < priority
      else { return nil }
      remove(last.key)
    }
  }

  /// Memory that was given up, if nobody is reading it any more.
  private func takeSpare(_ size: Int) -> Storage? {
    while var storage = spare[size]?.popLast() {
      spareBytes -= size
      if isKnownUniquelyReferenced(&storage) { return storage }
    }
    return nil
  }

  private func remove(_ key: ContentHash) {
    guard let entry = entries.removeValue(forKey: key) else { return }
    floor = max(floor, entry.priority)
    used -= entry.byteCount
    // Pages that are there already are filled sooner than new ones.
    for storage in entry.batches.values { spare[storage.bytes.count, default: []].append(storage) }
    spareBytes += entry.byteCount
  }
}

extension Checkpoint {
  fileprivate var worth: Double { cost / Double(max(byteCount, 1)) }
}
