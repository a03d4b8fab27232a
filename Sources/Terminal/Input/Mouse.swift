/// Something the mouse did.
public struct Mouse: Hashable, Sendable {
  public var action: Action
  /// The cell it did it upon.
  public var point: Point
  public var modifiers: Key.Modifiers

  public init(_ action: Action, at point: Point, _ modifiers: Key.Modifiers = []) {
    self.action = action
    self.point = point
    self.modifiers = modifiers
  }

  public enum Action: Hashable, Sendable {
    case press(Button)
    case drag(Button)
    /// Old terminals do not say which button was let go; then it is `.left`.
    case release(Button)
    case wheelUp, wheelDown, wheelLeft, wheelRight
  }

  public enum Button: Hashable, Sendable {
    case left, middle, right
  }
}
