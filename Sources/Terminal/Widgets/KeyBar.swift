/// A line of keys and what they do. Where it is too narrow for all, the least needed are left out.
public struct KeyBar: Widget {
  public struct Hint: Hashable, Sendable {
    /// As it is shown: `←→`, `⇧`, `s`.
    public var key: String
    public var label: String
    /// Hints of the least need are left out first, and of equal ones the last.
    public var need: Int

    public init(_ key: String, _ label: String, need: Int = 0) {
      self.key = key
      self.label = label
      self.need = need
    }

    fileprivate var columns: Int { key.columns + 1 + label.columns }
  }

  public var hints: [Hint]

  public init(_ hints: [Hint]) {
    self.hints = hints
  }

  /// The hints that are shown, and where: for the mouse.
  public func places(in rect: Rect) -> [(hint: Hint, rect: Rect)] {
    guard !rect.isEmpty else { return [] }
    let parts = hints.map { Part.fixed($0.columns, need: $0.need) }
    let shares = rect.inset(columns: rect.width > 2 ? 1 : 0).columns(parts, gap: 2)
    return zip(hints, shares).filter { !$1.isEmpty }.map { ($0, $1.row(0)) }
  }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    for (hint, place) in places(in: rect) {
      let used = buffer.write(hint.key, at: place.origin, style: look.theme.key, maxWidth: place.width)
      buffer.write(
        hint.label, at: Point(x: place.x + used + 1, y: place.y), style: look.theme.text,
        maxWidth: place.width - used - 1)
    }
  }
}
