import Graph
import Tensor

/// A NumPy archive with an array for each input of the model, or `x` for a model that has one, and labels in `y` or
/// `labels` where there are some.
enum NPZData: DataFormat {
  static let kind = "a .npz with x and y, or with the model's inputs"

  /// Arrays that hold labels, unless an input of the model has that name.
  private static let labelNames = ["y", "labels"]

  static func recognizes(_ path: String, _ bytes: UnsafeRawBufferPointer?) -> Bool {
    bytes?.starts(with: Array("PK".utf8)) ?? false
  }

  static func read(_ path: String, _ options: DataOptions) throws(FormatError) -> Dataset {
    let archive = try NPZArchive(path: path)
    let known = Set(archive.names)
    let named = options.inputs.map(\.name).filter { known.contains($0) }
    let names = named.isEmpty && known.contains("x") ? ["x"] : named
    let labelName = labelNames.first { known.contains($0) && !names.contains($0) }
    if names.isEmpty { throw missing(archive, options) }

    var arrays: [String: Tensor] = [:]
    for name in names { arrays[name] = try archive.tensor(name) }
    var labels: Tensor?
    if let labelName { labels = try archive.tensor(labelName) }
    let sorting = SampleAxes(arrays, labels: labels, inputs: options.inputs)

    var inputs: [String: Samples] = [:]
    for (name, tensor) in sorting.samples {
      guard tensor.shape.rank > 0 else {
        throw FormatError(path, "array '\(name)' is one number, not samples")
      }
      let key = named.isEmpty ? Dataset.onlyInput : name
      inputs[key] = Samples(try prepared(tensor, options.info(of: key), options, path))
    }
    return try Dataset(
      name: Dataset.shortName(path), path: path, inputs: inputs, constants: sorting.constants,
      labels: labels, options: options)
  }

  /// Numbers for an input of floats, preprocessed where that is asked for.
  private static func prepared(
    _ tensor: Tensor, _ info: ValueInfo?, _ options: DataOptions, _ path: String
  ) throws(FormatError) -> Tensor {
    try options.preprocessing.refuseGeometry(path)
    let takesWholes = info?.dtype.map { !$0.isFloatingPoint } ?? false
    if options.preprocessing == Preprocessing() || takesWholes { return tensor }
    return try options.preprocessing.applied(to: tensor, defaultScale: 1, path: path)
  }

  private static func missing(_ archive: NPZArchive, _ options: DataOptions) -> FormatError {
    let found = archive.names.map { "'\($0)'" }.joined(separator: ", ")
    let wanted = options.inputs.map { " or '\($0.name)'" }.joined()
    return FormatError(
      archive.path,
      "has no array 'x'\(wanted) with the samples; it has \(found.isEmpty ? "none" : found)")
  }
}

extension DataOptions {
  /// What the model says of an input; of the only one, whatever its name, for `Dataset.onlyInput`.
  func info(of name: String) -> ValueInfo? {
    name == Dataset.onlyInput ? mainInput : inputs.first { $0.name == name }
  }
}
