/// Places the slots of a plan in one stretch of memory, so that those that are never alive together share it.
struct Arena: Sendable {
  private(set) var offsets: [Int]
  private(set) var byteCount = 0

  private static let alignment = 64

  /// - Parameter kept: slots that are read after the last step.
  /// - Complexity: the square of the slots that are alive together, times their number.
  init(_ slots: [Lowering.Slot], steps: [Lowering.PlannedStep], kept: Set<Int>) {
    let lifetimes = Self.lifetimes(slots.count, steps: steps, kept: kept)
    offsets = Array(repeating: 0, count: slots.count)
    var placed: [(lifetime: ClosedRange<Int>, range: Range<Int>)] = []
    // The largest first: the small ones then find room between them.
    for slot in slots.indices.sorted(by: { slots[$0].byteCount > slots[$1].byteCount }) {
      guard let lifetime = lifetimes[slot] else { continue }
      let size = (slots[slot].byteCount + Self.alignment - 1) / Self.alignment * Self.alignment
      let others = placed.filter { $0.lifetime.overlaps(lifetime) }.map(\.range)
        .sorted { $0.lowerBound < $1.lowerBound }
      var offset = 0
      for other in others {
        if offset + size <= other.lowerBound { break }
        offset = max(offset, other.upperBound)
      }
      offsets[slot] = offset
      placed.append((lifetime, offset..<offset + size))
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
}
