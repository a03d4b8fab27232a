/// What a person gives Pare to open: a model file, or a bundle that has one.
public struct ModelSource: Hashable, Sendable {
  /// What to call it on the screen.
  public let name: String
  public let modelPath: String
  /// nil for a bare model file.
  public let bundle: ModelBundle?

  /// Finds out what `path` is; the model itself is not read yet.
  ///
  /// - Throws: `FormatError` where there is nothing, or a directory that is no bundle.
  public static func open(_ path: String) throws(FormatError) -> ModelSource {
    guard FileAccess.exists(path) else { throw FormatError(path, "there is no such file or directory") }
    if FileAccess.isDirectory(path) { return try open(bundle: path) }
    let cut = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    if path[cut...] == BundleManifest.fileName {
      return try open(bundle: cut == path.startIndex ? "." : String(path[..<cut]))
    }
    let name = path.hasSuffix(".onnx") ? path[cut...].dropLast(5) : path[cut...]
    return ModelSource(name: String(name), modelPath: path, bundle: nil)
  }

  private static func open(bundle directory: String) throws(FormatError) -> ModelSource {
    let bundle = try ModelBundle.open(directory)
    return ModelSource(name: bundle.manifest.name, modelPath: bundle.modelPath, bundle: bundle)
  }
}
