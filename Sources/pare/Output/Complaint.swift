import Foundation

/// What goes to standard error.
enum Complaint {
  /// Writes a sentence, as one line whatever a file's name holds.
  static func say(_ sentence: String) {
    let line = sentence.split(whereSeparator: \.isNewline).joined(separator: " ")
    FileHandle.standardError.write(Data("pare: \(line)\n".utf8))
  }
}
