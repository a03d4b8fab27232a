/// Wakes the main loop from any thread: `Driver.events(until:)` then returns with `Event.wake`.
///
/// Put the result where the main thread looks for it first, then call `wake()`. It may outlive the driver.
public struct Waker: Sendable {
  let pipe: WakePipe

  /// Never blocks. Calls that come before the loop gets to them are one event.
  public func wake() {
    pipe.write(0)
  }
}
