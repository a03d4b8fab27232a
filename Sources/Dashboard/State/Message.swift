/// One sentence for the status line.
package struct Message: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case note, success, failure }

  package var kind: Kind
  package var text: String

  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  package static func note(_ text: String) -> Message { Message(.note, text) }
  package static func success(_ text: String) -> Message { Message(.success, text) }
  package static func failure(_ text: String) -> Message { Message(.failure, text.asSentence) }
}

extension String {
  /// Begins with a capital and ends with a stop, and is one line.
  package var asSentence: String {
    let line = split(whereSeparator: \.isNewline).joined(separator: " ")
    guard let first = line.first, let last = line.last else { return "" }
    // A name in quotes or a path keeps its case.
    let isWord = line.prefix { !$0.isWhitespace }.allSatisfy { $0.isLetter || $0 == ":" || $0 == "," }
    let text = (isWord ? first.uppercased() : String(first)) + line.dropFirst()
    return ".!?…".contains(last) ? text : text + "."
  }
}
