import Synchronization

/// Actions from other threads, for the main one. Whoever puts something in also wakes the main thread.
final class Mailbox<Element: Sendable>: Sendable {
  private struct Contents {
    var elements: [Element] = []
    var wake: (@Sendable () -> Void)?
  }

  private let contents = Mutex(Contents())

  func post(_ element: Element) {
    let wake = contents.withLock { contents in
      contents.elements.append(element)
      return contents.wake
    }
    wake?()
  }

  /// Everything there is, in order.
  func take() -> [Element] {
    contents.withLock { contents in
      defer { contents.elements = [] }
      return contents.elements
    }
  }

  /// What to call when something arrives; at once, where something has arrived already.
  func onArrival(_ wake: (@Sendable () -> Void)?) {
    let isWaiting = contents.withLock { contents in
      contents.wake = wake
      return !contents.elements.isEmpty
    }
    if isWaiting { wake?() }
  }
}
