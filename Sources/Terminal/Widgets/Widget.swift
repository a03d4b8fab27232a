/// Something that draws itself into a part of a buffer.
///
/// A widget is a value made for one frame: it holds what to show and no state of its own. It must make the
/// best of any rectangle, down to an empty one.
public protocol Widget {
  /// Draws into `rect`; everything outside of it is clipped.
  func draw(in rect: Rect, on buffer: inout Buffer, look: Look)
}

extension Buffer {
  /// Draws a widget, clipped to `rect`.
  public mutating func draw(_ widget: some Widget, in rect: Rect, look: Look) {
    guard !rect.intersection(clip).isEmpty else { return }
    clipped(to: rect) { widget.draw(in: rect, on: &$0, look: look) }
  }
}
