/// One part of a row or a column of parts, as `Rect.rows` and `Rect.columns` share out room.
public struct Part: Hashable, Sendable {
  /// The least room it can be used in, in cells; with less it is left out.
  public let minimum: Int
  /// The most it can use.
  public let maximum: Int
  /// How much of the room that is left over it gets, in relation to others.
  public let weight: Int
  /// How badly it is needed: where room is short, parts of the least need are left out first, and of equal
  /// ones the last.
  public let need: Int

  private init(minimum: Int, maximum: Int, weight: Int, need: Int) {
    self.minimum = max(0, minimum)
    self.maximum = max(self.minimum, maximum)
    self.weight = max(0, weight)
    self.need = need
  }

  /// Exactly `length` cells.
  public static func fixed(_ length: Int, need: Int = 0) -> Part {
    Part(minimum: length, maximum: length, weight: 0, need: need)
  }

  /// From `minimum` to `maximum` cells, taking its share of what others leave.
  public static func flexible(
    _ weight: Int = 1, minimum: Int = 1, maximum: Int = .max, need: Int = 0
  ) -> Part {
    Part(minimum: minimum, maximum: maximum, weight: weight, need: need)
  }
}

extension Part {
  /// Shares `length` cells among `parts`, in order and `gap` cells apart. A part that is left out gets an
  /// empty range; the last one that is left takes what there is, be it less than its minimum.
  package static func share(_ length: Int, among parts: [Part], gap: Int = 0) -> [Range<Int>] {
    var kept = Array(parts.indices)
    func least() -> Int {
      kept.reduce(gap * max(0, kept.count - 1)) { $0 + parts[$1].minimum }
    }
    while kept.count > 1, least() > length {
      let need = kept.map { parts[$0].need }.min() ?? 0
      kept.remove(at: kept.lastIndex { parts[$0].need == need } ?? kept.count - 1)
    }
    var lengths = Array(repeating: 0, count: parts.count)
    for index in kept { lengths[index] = min(parts[index].minimum, max(0, length)) }
    var rest = length - least()
    // Whoever reaches its maximum leaves its share to the others.
    var growing = kept.filter { parts[$0].weight > 0 && lengths[$0] < parts[$0].maximum }
    while rest > 0, !growing.isEmpty {
      let weights = growing.reduce(0) { $0 + parts[$1].weight }
      let available = rest
      for (order, index) in growing.enumerated() {
        let isLast = order == growing.count - 1
        let share = isLast ? rest : available * parts[index].weight / weights
        let taken = min(share, parts[index].maximum - lengths[index], rest)
        lengths[index] += taken
        rest -= taken
      }
      growing.removeAll { lengths[$0] == parts[$0].maximum }
    }
    var start = 0
    return parts.indices.map { index in
      let range = start..<(start + lengths[index])
      if lengths[index] > 0 { start = min(length, range.upperBound + gap) }
      return range
    }
  }
}

extension Rect {
  /// The rectangle cut into parts from top to bottom. A part that had to be left out is empty.
  public func rows(_ parts: [Part], gap: Int = 0) -> [Rect] {
    Part.share(height, among: parts, gap: gap).map {
      Rect(x: x, y: y + $0.lowerBound, width: $0.isEmpty ? 0 : width, height: $0.count)
    }
  }

  /// The rectangle cut into parts from left to right. A part that had to be left out is empty.
  public func columns(_ parts: [Part], gap: Int = 0) -> [Rect] {
    Part.share(width, among: parts, gap: gap).map {
      Rect(x: x + $0.lowerBound, y: y, width: $0.count, height: $0.isEmpty ? 0 : height)
    }
  }
}
