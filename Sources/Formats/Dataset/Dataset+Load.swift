import Tensor

extension Dataset {
  /// The data at `path`: a `.npz` with `x`, used as it is, and whole numbers `y`; or IDX images, plain or gzipped,
  /// with the labels beside them; or a bundle, which is its validation data.
  ///
  /// - Parameter preprocessing: numbers that take the place of the data's own.
  /// - Throws: `FormatError` that names the file and, where there is one, the way out.
  public static func load(
    _ path: String, preprocessing: Preprocessing = Preprocessing()
  ) throws(FormatError) -> Dataset {
    if FileAccess.isDirectory(path) {
      return try ModelBundle.open(path).validation(preprocessing: preprocessing)
    }
    let file = try FileAccess.map(path)
    defer { withExtendedLifetime(file) {} }
    let bytes = file.bytes
    if bytes.isEmpty { throw FormatError(path, "is empty") }
    if bytes.starts(with: Array("PK".utf8)) { return try loadNPZ(path, preprocessing) }
    if IDXReader.recognizes(bytes) { return try loadIDX(path, preprocessing: preprocessing) }
    throw FormatError(
      path, "is no data that Pare reads: give a .npz with x and y, IDX images (plain or gzipped), or a bundle"
    )
  }

  /// IDX images and labels; images of three axes get one for the channel, `[count, 1, height, width]`.
  ///
  /// - Parameter given: where the labels are, if not beside the images under the MNIST naming.
  /// - Throws: `FormatError` that names the file.
  static func loadIDX(
    _ path: String, labels given: String? = nil, preprocessing: Preprocessing = Preprocessing(),
    classes: [String] = []
  ) throws(FormatError) -> Dataset {
    var images = try IDXReader.read(path: path)
    guard images.shape.rank >= 2 else {
      throw FormatError(path, "holds \(images.shape) numbers, not images; give the file of the images")
    }
    let labelPath = if let given { given } else { try IDXLabels.find(beside: path) }
    let labels = try integers(try IDXReader.read(path: labelPath), path: labelPath, subject: "holds")
    if images.shape.rank == 3 {
      images = images.reshaped(Shape([images.shape[0], 1] + images.shape.dims[1...]))
    }
    if labels.count != images.shape[0] {
      throw FormatError(
        path,
        "has \(images.shape[0]) images but '\(labelPath)' has \(labels.count) labels; they do not belong "
          + "together")
    }
    let hash = ContentHash([
      images.contentHash, labels.withUnsafeBytes { ContentHash($0) }, preprocessing.contentHash,
    ])
    let scale: Float = images.dtype == .uint8 ? 1 / 255 : 1
    let samples = try apply(preprocessing, to: images, defaultScale: scale, path: path)
    return try Dataset(
      name: shortName(path), path: path, samples: samples, labels: labels, classes: classes, contentHash: hash
    )
  }

  static func loadNPZ(
    _ path: String, _ preprocessing: Preprocessing, classes: [String] = []
  ) throws(FormatError) -> Dataset {
    let archive = try NPZArchive(path: path)
    let names = archive.names.map { "'\($0)'" }.joined(separator: ", ")
    guard var samples = try archive.tensor("x") else {
      throw FormatError(path, "has no array 'x' with the samples; it has \(names.isEmpty ? "none" : names)")
    }
    guard let y = try archive.tensor("y") else {
      throw FormatError(path, "has no array 'y' with the labels; it has \(names)")
    }
    guard samples.shape.rank > 0 else { throw FormatError(path, "array 'x' is one number, not samples") }
    let labels = try integers(y, path: path, subject: "array 'y' holds")
    if preprocessing != Preprocessing() {
      samples = try apply(preprocessing, to: samples, defaultScale: 1, path: path)
    }
    return try Dataset(
      name: shortName(path), path: path, samples: samples, labels: labels, classes: classes)
  }

  private static func apply(
    _ preprocessing: Preprocessing, to samples: Tensor, defaultScale: Float, path: String
  ) throws(FormatError) -> Tensor {
    do {
      return try preprocessing.applied(to: samples, defaultScale: defaultScale)
    } catch {
      throw FormatError(path, error.reason)
    }
  }

  /// Labels from `[count]` or `[count, 1]`.
  private static func integers(
    _ tensor: Tensor, path: String, subject: String
  ) throws(FormatError) -> [Int] {
    guard let integers = tensor.integers else {
      throw FormatError(path, "\(subject) labels of type \(tensor.dtype); they must be whole numbers")
    }
    guard tensor.shape.rank == 1 || tensor.shape.rank == 2 && tensor.shape[1] == 1 else {
      throw FormatError(path, "\(subject) labels of shape \(tensor.shape); there must be one number a sample")
    }
    return integers
  }

  private static func shortName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
