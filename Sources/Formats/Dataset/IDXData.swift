import Tensor

/// IDX images, plain or gzipped, with the labels beside them.
enum IDXData: DataFormat {
  static let kind = "IDX images (plain or gzipped)"

  static func recognizes(_ path: String, _ bytes: UnsafeRawBufferPointer?) -> Bool {
    bytes.map { IDXReader.recognizes($0) } ?? false
  }

  /// Images of three axes get one for the channel, `[count, 1, height, width]`.
  static func read(_ path: String, _ options: DataOptions) throws(FormatError) -> Dataset {
    var images = try IDXReader.read(path: path)
    guard images.shape.rank >= 2 else {
      throw FormatError(path, "holds \(images.shape) numbers, not images; give the file of the images")
    }
    if images.shape.rank == 3 {
      images = images.reshaped(Shape([images.shape[0], 1] + images.shape.dims[1...]))
    }
    let labels = try labels(of: images, path, options)
    let scale: Float = images.dtype == .uint8 ? 1 / 255 : 1
    try options.preprocessing.refuseGeometry(path)
    let samples = try options.preprocessing.applied(to: images, defaultScale: scale, path: path)
    return try Dataset(
      name: Dataset.shortName(path), path: path, inputs: [Dataset.onlyInput: Samples(samples)],
      labels: labels, options: options)
  }

  private static func labels(
    of images: Tensor, _ path: String, _ options: DataOptions
  ) throws(FormatError) -> Tensor? {
    if options.task == .fidelity { return nil }
    let labelPath = if let given = options.labels { given } else { try IDXLabels.find(beside: path) }
    let labels = try IDXReader.read(path: labelPath)
    if labels.shape.dims.first != images.shape[0] {
      throw FormatError(
        path,
        "has \(images.shape[0]) images but '\(labelPath)' has \(labels.shape.dims.first ?? 1) labels; they do "
          + "not belong together")
    }
    // Checked here, because it is the file of the labels that is wrong.
    return try DataLabels(path: labelPath, count: images.shape[0], classes: options.classes)
      .checked(labels, for: options.task ?? .classification, inputs: [:], [])
  }
}
