/// Whatever the main loop has to know of.
public enum Event: Hashable, Sendable {
  case key(Key)
  case mouse(Mouse)
  /// Text that was pasted, all at once, so that it is never taken for keys.
  case paste(String)
  /// The terminal's window has, or has lost, the keyboard.
  case focus(Bool)
  /// The terminal has a new size; `Driver.size` has it too.
  case resize(Size)
  /// The program was stopped and goes on; the screen must be painted again.
  case resume
  /// Some other thread called `Waker.wake()`. Several calls may come as one event.
  case wake
  /// It is time to leave the main loop.
  case quit(QuitReason)

  public enum QuitReason: Hashable, Sendable {
    /// Ctrl-C.
    case interrupt
    /// SIGTERM.
    case terminate
    /// The terminal is gone.
    case hangup
  }
}
