/// Places the slots of a plan in one stretch of memory, so that those that are never alive together share it.
struct Arena: Sendable {
  private(set) var offsets: [Int]
  private(set) var byteCount = 0

  private static let alignment = 64

  /// - Parameter kept: slots that are read after the last step.
  /// - Complexity: the square of the slots, in steps of a comparison or two.
  init(_ slots: [Lowering.Slot], steps: [Lowering.PlannedStep], kept: Set<Int>) {
    let lifetimes = Self.lifetimes(slots.count, steps: steps, kept: kept)
    offsets = Array(repeating: 0, count: slots.count)
    // In the order of where they begin in memory.
    var placed: [Placed] = []
    // The largest first: the small ones then find room between them.
    for slot in slots.indices.sorted(by: { slots[$0].byteCount > slots[$1].byteCount }) {
      guard let lifetime = lifetimes[slot] else { continue }
      let size = (slots[slot].byteCount + Self.alignment - 1) / Self.alignment * Self.alignment
      let offset = Self.room(for: size, during: lifetime, beside: placed)
      offsets[slot] = offset
      let own = Placed(
        birth: lifetime.lowerBound, death: lifetime.upperBound, start: offset, end: offset + size)
      placed.insert(own, at: Self.place(of: offset, in: placed))
      byteCount = max(byteCount, offset + size)
    }
  }

  /// From the first step that touches each slot to the last.
  static func lifetimes(_ slots: Int, steps: [Lowering.PlannedStep], kept: Set<Int>) -> [ClosedRange<Int>?] {
    var lifetimes = [ClosedRange<Int>?](repeating: nil, count: slots)
    for (time, step) in steps.enumerated() {
      for slot in step.slots {
        lifetimes[slot] = (lifetimes[slot]?.lowerBound ?? time)...time
      }
    }
    for slot in kept { lifetimes[slot] = (lifetimes[slot]?.lowerBound ?? 0)...steps.count }
    return lifetimes
  }

  /// A slot's times and bytes, both ends of the times included.
  private struct Placed {
    var birth: Int
    var death: Int
    var start: Int
    var end: Int
  }

  /// The first bytes that no slot has that is alive at the same time.
  private static func room(for size: Int, during lifetime: ClosedRange<Int>, beside placed: [Placed]) -> Int {
    let (birth, death) = (lifetime.lowerBound, lifetime.upperBound)
    var offset = 0
    placed.withUnsafeBufferPointer { placed in
      for other in placed {
        if offset + size <= other.start { break }
        if other.birth <= death && birth <= other.death && other.end > offset { offset = other.end }
      }
    }
    return offset
  }

  /// Behind all that begin at `offset` or before it.
  private static func place(of offset: Int, in placed: [Placed]) -> Int {
    var (low, high) = (0, placed.count)
    while low < high {
      let middle = (low + high) / 2
      if placed[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
