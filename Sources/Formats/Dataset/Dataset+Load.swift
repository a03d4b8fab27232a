import Tensor

extension Dataset {
  /// The data at `path`, a file or directory of one of `DataFormats`, or a bundle, which is its validation data.
  ///
  /// - Throws: `FormatError` that names the file and, where there is one, the way out.
  public static func load(
    _ path: String, _ options: DataOptions = DataOptions()
  ) throws(FormatError) -> Dataset {
    if FileAccess.isDirectory(path) {
      if !ModelBundle.isBundle(path), let format = DataFormats.all.first(where: { $0.recognizes(path, nil) })
      {
        return try format.read(path, options)
      }
      return try ModelBundle.open(path).validation(options)
    }
    let file = try FileAccess.map(path)
    defer { withExtendedLifetime(file) {} }
    if file.bytes.isEmpty { throw FormatError(path, "is empty") }
    guard let format = DataFormats.all.first(where: { $0.recognizes(path, file.bytes) }) else {
      throw FormatError(path, "is no data that Pare reads: give \(DataFormats.kinds), or a bundle")
    }
    return try format.read(path, options)
  }

  static func shortName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

extension Preprocessing {
  /// As `applied(to:defaultScale:)`, with the file in the error.
  func applied(to samples: Tensor, defaultScale: Float, path: String) throws(FormatError) -> Tensor {
    do {
      return try applied(to: samples, defaultScale: defaultScale)
    } catch {
      throw FormatError(path, error.reason)
    }
  }
}
