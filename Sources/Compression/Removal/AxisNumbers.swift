import Graph

/// A number for every position on every axis of every value in a graph.
struct AxisNumbers {
  /// By value, for each axis; nil where its size is not known.
  private let ranges: [String: [Range<Int>?]]
  let values: [String]
  let count: Int

  /// A longer axis is none of channels, and not worth the memory.
  private static let longest = 1 << 20

  init(_ typed: TypedGraph) {
    var ranges: [String: [Range<Int>?]] = [:]
    var next = 0
    values = typed.facts.keys.sorted()
    for value in values {
      guard let dims = typed.facts[value]?.dims else { continue }
      ranges[value] = dims.map { dim in
        guard let size = dim.value, (0...Self.longest).contains(size), next + size <= Int(Int32.max) else {
          return nil
        }
        defer { next += size }
        return next..<next + size
      }
    }
    self.ranges = ranges
    count = next
  }

  /// The numbers of a value's axes in order; nil for an axis whose size is not known.
  func axes(of value: String) -> [Range<Int>?] { ranges[value] ?? [] }

  func range(_ value: String, _ axis: Int) -> Range<Int>? {
    guard let axes = ranges[value], axes.indices.contains(axis) else { return nil }
    return axes[axis]
  }
}
