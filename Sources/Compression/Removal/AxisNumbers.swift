import Graph

/// A number for every position on every axis of every value in a graph.
struct AxisNumbers {
  /// By value, for each axis; nil where its size is not known.
  private let ranges: [String: [Range<Int>?]]
  let values: [String]
  let count: Int

  /// A longer axis is none of channels, and not worth the memory.
  private static let longest = 1 << 20
  /// Numbers in all, each of which takes some twenty bytes. The longest axes are left out where there are more.
  private static let largestCount = 1 << 24

  init(_ typed: TypedGraph) {
    values = typed.facts.keys.sorted()
    var ranges: [String: [Range<Int>?]] = [:]
    var axes: [(size: Int, value: String, axis: Int)] = []
    for value in values {
      guard let dims = typed.facts[value]?.dims else { continue }
      ranges[value] = Array(repeating: nil, count: dims.count)
      for (axis, dim) in dims.enumerated() {
        if let size = dim.value, (0...Self.longest).contains(size) { axes.append((size, value, axis)) }
      }
    }
    if axes.reduce(0, { $0 + $1.size }) > Self.largestCount { axes.sort { $0.size < $1.size } }
    var next = 0
    for (size, value, axis) in axes where next + size <= Self.largestCount {
      ranges[value]?[axis] = next..<next + size
      next += size
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
