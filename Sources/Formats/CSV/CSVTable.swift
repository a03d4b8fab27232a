/// The fields of a table with commas between them (RFC 4180): a field may stand in quotes, then it may hold commas,
/// line ends and, doubled, quotes. Empty lines are left out.
struct CSVTable {
  struct Row {
    /// The line of the file, from 1, on which it begins.
    var line: Int
    var fields: [String]
  }

  private(set) var rows: [Row] = []

  /// - Throws: `FormatError` for rows of different lengths, and for a quote that is not closed.
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(FormatError) {
    var reader = Reader(bytes: bytes, path: path)
    while let row = try reader.row() {
      if row.fields == [""] { continue }
      if let first = rows.first, first.fields.count != row.fields.count {
        throw FormatError(
          path,
          "line \(row.line) has \(row.fields.count) fields, but line \(first.line) has \(first.fields.count)")
      }
      rows.append(row)
    }
  }

  private struct Reader {
    let bytes: UnsafeRawBufferPointer
    let path: String
    var position = 0
    var line = 1

    private static let (quote, comma, feed, carriage) = (UInt8(0x22), UInt8(0x2c), UInt8(0x0a), UInt8(0x0d))

    init(bytes: UnsafeRawBufferPointer, path: String) {
      self.bytes = bytes
      self.path = path
      // A byte order mark, as spreadsheets write it.
      if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// The next row; nil at the end.
    mutating func row() throws(FormatError) -> Row? {
      if position >= bytes.count { return nil }
      var row = Row(line: line, fields: [])
      while true {
        row.fields.append(try field())
        guard position < bytes.count else { return row }
        let end = bytes[position]
        position += 1
        if end == Self.comma { continue }
        if end == Self.carriage, position < bytes.count, bytes[position] == Self.feed { position += 1 }
        line += 1
        return row
      }
    }

    private mutating func field() throws(FormatError) -> String {
      if position < bytes.count, bytes[position] == Self.quote { return try quoted() }
      let start = position
      while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
      return try text(Array(bytes[start..<position]))
    }

    private mutating func quoted() throws(FormatError) -> String {
      let start = line
      var text: [UInt8] = []
      position += 1
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        if byte == Self.quote {
          guard position < bytes.count, bytes[position] == Self.quote else {
            guard position >= bytes.count || isEnd(bytes[position]) else {
              throw FormatError(path, "line \(line) has text behind a closing quote")
            }
            return try self.text(text)
          }
          position += 1
        }
        if byte == Self.feed { line += 1 }
        text.append(byte)
      }
      throw FormatError(path, "line \(start) opens a quote that is never closed")
    }

    private func isEnd(_ byte: UInt8) -> Bool {
      byte == Self.comma || byte == Self.feed || byte == Self.carriage
    }

    private func text(_ bytes: [UInt8]) throws(FormatError) -> String {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw FormatError(path, "line \(line) is not text (UTF-8)")
      }
      return text
    }
  }
}
