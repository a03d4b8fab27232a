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

  /// - Parameter preprocessing: numbers that take the place of the manifest's.
  /// - Throws: `FormatError` that names the file or, where the manifest knows no such data, the key.
  public func validation(preprocessing: Preprocessing = Preprocessing()) throws(FormatError) -> Dataset {
    try load(manifest.validation, key: "validation", preprocessing)
  }

  /// The data that the model was trained with, which need not be on every machine.
  ///
  /// - Throws: `FormatError` as `validation(preprocessing:)`.
  public func training(preprocessing: Preprocessing = Preprocessing()) throws(FormatError) -> Dataset {
    try load(manifest.training, key: "training", preprocessing)
  }

  private func load(
    _ data: BundleManifest.Data?, key: String, _ preprocessing: Preprocessing
  ) throws(FormatError) -> Dataset {
    guard let data else {
      throw FormatError(
        Self.join(directory, BundleManifest.fileName), "names no \(key) data; add it, or give it with --data")
    }
    let images = Self.join(directory, data.images)
    let preprocessing = manifest.preprocessing.overridden(by: preprocessing)
    var dataset: Dataset
    if images.hasSuffix(".npz") {
      dataset = try .loadNPZ(images, preprocessing, classes: manifest.classes)
    } else {
      dataset = try .loadIDX(
        images, labels: data.labels.map { Self.join(directory, $0) }, preprocessing: preprocessing,
        classes: manifest.classes)
    }
    dataset.name = "\(manifest.name) \(key)"
    return dataset
  }

  /// An absolute path stays what it is.
  private static func join(_ directory: String, _ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
  }
}
