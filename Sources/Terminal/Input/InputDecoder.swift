/// Turns the bytes that a terminal sends into events.
///
/// It is a pure state machine: bytes and the time go in, events come out, and what is not complete yet waits.
/// While something waits `deadline` is set, and `expire(at:)` has to be called when it has passed, since an
/// ESC is a key of its own or the beginning of a sequence, and only time can tell.
///
/// An ESC that a slow link separates from its arrow is still an arrow: up to `escapeDelay` for certain, and
/// even later, the rest of the sequence is recognised for what it is and never becomes text.
public struct InputDecoder: Sendable {
  public typealias Instant = ContinuousClock.Instant

  /// How long an incomplete sequence is waited for.
  public let escapeDelay: Duration
  /// When to call `expire(at:)`; nil while nothing is incomplete.
  public private(set) var deadline: Instant?

  private var pending: [UInt8] = []
  /// What was pasted so far, while a paste is going on.
  private var pasted: [UInt8]?
  /// When a lone ESC was taken for the key.
  private var escapeGivenUp: Instant?

  /// For how long after an Escape key `[A` that arrives in one piece is still taken for an arrow.
  private static let lateSequence = Duration.seconds(1)
  /// A paste that does not go on for this long has lost its end.
  private static let pasteDelay = Duration.seconds(1)
  private static let pasteEnd = Array("\u{1b}[201~".utf8)

  public init(escapeDelay: Duration = .milliseconds(200)) {
    self.escapeDelay = escapeDelay
  }

  /// Takes the bytes of one read and returns every event that is complete.
  public mutating func feed(_ bytes: some Sequence<UInt8>, at now: Instant) -> [Event] {
    let wasEmpty = pending.isEmpty
    pending.append(contentsOf: bytes)
    guard !pending.isEmpty else { return [] }
    if let given = escapeGivenUp, wasEmpty {
      if now - given < Self.lateSequence, InputSequence.isTail(pending) {
        pending.insert(0x1b, at: 0)
      }
      escapeGivenUp = nil
    }
    let events = takeComplete()
    if pasted != nil {
      deadline = now + Self.pasteDelay
    } else {
      deadline = pending.isEmpty ? nil : now + escapeDelay
    }
    return events
  }

  /// Gives up waiting, if the deadline has passed: an ESC becomes the key, and half a sequence is dropped.
  public mutating func expire(at now: Instant) -> [Event] {
    guard let deadline, now >= deadline else { return [] }
    self.deadline = nil
    defer { pending = [] }
    if let bytes = pasted {
      pasted = nil
      return [.paste(Self.text(bytes + pending))]
    }
    guard pending.first == 0x1b else { return [] }
    switch pending.count {
    case 1:
      escapeGivenUp = now
      return [.key(Key(.escape))]
    case 2 where pending[1] == 0x1b:
      return [.key(Key(.escape)), .key(Key(.escape))]
    case 2:
      return [.key(.character(Character(Unicode.Scalar(pending[1])), .alt))]
    default:
      return []
    }
  }

  private mutating func takeComplete() -> [Event] {
    var events: [Event] = []
    var start = 0
    scan: while start < pending.count {
      if pasted != nil {
        guard let text = takePaste(from: &start) else { break }
        events.append(.paste(text))
        continue
      }
      switch InputSequence.first(of: pending[start...]) {
      case .incomplete:
        break scan
      case .event(let event, let length):
        events.append(event)
        start += length
      case .ignored(let length):
        start += length
      case .pasteBegins(let length):
        start += length
        pasted = []
      }
    }
    pending.removeFirst(start)
    return events
  }

  /// The whole of a paste, if its end has come; otherwise keeps what is certain to belong to it.
  private mutating func takePaste(from start: inout Int) -> String? {
    let marker = Self.pasteEnd
    var index = start
    while index < pending.count {
      if pending[index...].starts(with: marker) {
        let text = Self.text((pasted ?? []) + pending[start..<index])
        pasted = nil
        start = index + marker.count
        return text
      }
      // The marker may have arrived in part.
      if marker.starts(with: pending[index...]) { break }
      index += 1
    }
    pasted?.append(contentsOf: pending[start..<index])
    start = index
    return nil
  }

  /// Terminals send the ends of pasted lines as the Enter key would.
  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n").replacing("\r", with: "\n")
  }
}
