import Tensor

/// A directory with a model, data to judge it by, and a manifest that says which is which.
public struct ModelBundle: Hashable, Sendable {
  public let directory: String
  public let manifest: BundleManifest

  /// - Throws: `FormatError` where there is no manifest, or a mistake in it.
  public static func open(_ directory: String) throws(FormatError) -> ModelBundle {
    let path = join(directory, BundleManifest.fileName)
    guard FileAccess.exists(path) else {
      throw FormatError(
        directory, "is a directory without a \(BundleManifest.fileName); give a .onnx file, or a bundle")
    }
    return ModelBundle(directory: directory, manifest: try BundleManifest(path: path))
  }

  /// The file of the model.
  public var modelPath: String { Self.join(directory, manifest.model) }

  /// Whether a directory has a manifest.
  static func isBundle(_ directory: String) -> Bool {
    FileAccess.exists(join(directory, BundleManifest.fileName))
  }

  /// - Parameter options: what they say takes the place of what the manifest says.
  /// - Throws: `FormatError` that names the file or, where the manifest knows no such data, the key.
  public func validation(_ options: DataOptions = DataOptions()) throws(FormatError) -> Dataset {
    try load(manifest.validation, key: "validation", options)
  }

  /// The data that the model was trained with, which need not be on every machine.
  ///
  /// - Throws: `FormatError` as `validation`.
  public func training(_ options: DataOptions = DataOptions()) throws(FormatError) -> Dataset {
    try load(manifest.training, key: "training", options)
  }

  private func load(
    _ data: BundleManifest.Data?, key: String, _ options: DataOptions
  ) throws(FormatError) -> Dataset {
    guard let data else {
      throw FormatError(
        Self.join(directory, BundleManifest.fileName), "names no \(key) data; add it, or give it with --data")
    }
    let path = Self.join(directory, data.data)
    if FileAccess.isDirectory(path), Self.isBundle(path) {
      throw FormatError(path, "is a bundle, which cannot be the \(key) data of another")
    }
    var options = options
    options.preprocessing = manifest.preprocessing.overridden(by: options.preprocessing)
    options.task = options.task ?? manifest.task
    options.output = options.output ?? manifest.output
    options.label = options.label ?? data.label
    options.labels = data.labels.map { Self.join(directory, $0) }
    options.classes = manifest.classes
    var dataset = try Dataset.load(path, options)
    dataset.name = "\(manifest.name) \(key)"
    return dataset
  }

  /// An absolute path stays what it is.
  private static func join(_ directory: String, _ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
  }
}
