/// A kind of file, or of directory, that holds samples. One file and one line in `all` for each.
protocol DataFormat: SendableMetatype {
  /// What a person may give, for a sentence.
  static var kind: String { get }

  /// Whether the file is of this kind, by its first bytes or its name.
  ///
  /// - Parameter bytes: of the file; nil for a directory.
  static func recognizes(_ path: String, _ bytes: UnsafeRawBufferPointer?) -> Bool

  /// - Throws: `FormatError` that names the file.
  static func read(_ path: String, _ options: DataOptions) throws(FormatError) -> Dataset
}

enum DataFormats {
  static let all: [any DataFormat.Type] = [NPZData.self, IDXData.self, ImageFolder.self, CSVData.self]

  static var kinds: String { all.map { $0.kind }.joined(separator: ", ") }
}
