import Tensor

/// Samples, with their labels where they have some: an immutable value.
public struct Dataset: Sendable {
  /// What to call it on the screen.
  public var name: String
  /// By the name of the model's input, each `[count, ...]`. Under the empty name what fits a model's only input.
  public let inputs: [String: Samples]
  /// Inputs that are the same for every sample, by name.
  public let constants: [String: Tensor]
  /// `[count, ...]`: int64 for classes `[count]` and tokens `[count, places]`, float32 for targets
  /// `[count]` or `[count, targets]`; nil where there are none.
  public let labels: Tensor?
  /// What a model is judged by.
  public let task: DataTask
  /// The model's output that is judged; nil for the first.
  public let output: String?
  /// Names of the classes, in the order of their numbers; empty where they are not known.
  public var classes: [String]
  /// Where each sample stands in the file: ascending, until the data is shuffled.
  public let order: [Int]
  /// Fingerprint of samples, labels, their order and how they were prepared.
  public let contentHash: ContentHash

  /// The name of samples that fit a model's only input, whatever it is called.
  public static let onlyInput = ""

  /// Samples of one kind, each of a class.
  ///
  /// - Throws: `FormatError` about `path` where there are no samples, or not one label for each.
  public init(
    name: String, path: String, samples: Tensor, labels: [Int], classes: [String] = []
  ) throws(FormatError) {
    try self.init(
      name: name, path: path, inputs: [Self.onlyInput: Samples(samples)],
      labels: Tensor(labels.map { Int64($0) }), options: DataOptions(classes: classes))
  }

  /// Samples without labels, under the names of a model's inputs.
  ///
  /// - Throws: `FormatError` where there are none, or not as many of each.
  public init(
    name: String, inputs: [String: Samples], constants: [String: Tensor] = [:]
  ) throws(FormatError) {
    try self.init(
      name: name, path: name, inputs: inputs, constants: constants, labels: nil, options: DataOptions())
  }

  /// - Parameters:
  ///   - labels: as the file has them; they are checked, and brought to the task's form.
  ///   - options: the task, and the classes' names.
  /// - Throws: `FormatError` about `path` where there are no samples, or labels that do not belong to them.
  init(
    name: String, path: String, inputs: [String: Samples], constants: [String: Tensor] = [:],
    labels: Tensor?, options: DataOptions
  ) throws(FormatError) {
    let counts = Dictionary(uniqueKeysWithValues: inputs.map { ($0.key, $0.value.count) })
    guard let count = counts.values.max(), count > 0 else { throw FormatError(path, "holds no samples") }
    // As many as a file likes to claim, if they take no bytes.
    guard inputs.values.contains(where: { $0.shape.count > 0 }) else {
      throw FormatError(path, "holds \(count) samples without a number in them")
    }
    for (name, own) in counts.sorted(by: { $0.key < $1.key }) where own != count {
      throw FormatError(path, "has \(own) samples of '\(name)', but \(count) of others; they must be as many")
    }
    task = options.task ?? (labels == nil ? .fidelity : .classification)
    self.labels = try DataLabels(path: path, count: count, classes: options.classes)
      .checked(labels, for: task, inputs: inputs, options.inputs)
    self.name = name
    self.inputs = inputs
    self.constants = constants
    classes = options.classes
    order = Array(0..<count)
    output = options.output
    let parts = inputs.sorted { $0.key < $1.key }.flatMap { [ContentHash($0.key), $0.value.contentHash] }
    let fixed = constants.sorted { $0.key < $1.key }.flatMap { [ContentHash($0.key), $0.value.contentHash] }
    contentHash = ContentHash(parts + fixed + (self.labels.map { [$0.contentHash] } ?? []))
  }

  init(
    _ other: Dataset, inputs: [String: Samples], constants: [String: Tensor]? = nil, labels: Tensor?,
    order: [Int]? = nil, change: String
  ) {
    name = other.name
    self.inputs = inputs
    self.constants = constants ?? other.constants
    self.labels = labels
    task = other.task
    output = other.output
    classes = other.classes
    self.order = order ?? other.order
    contentHash = ContentHash([other.contentHash, ContentHash(change)])
  }

  public var count: Int { order.count }

  /// The samples of data that has one kind of them, in memory: `[count, ...]`.
  public var samples: Tensor { inputs.count == 1 ? inputs.first!.value.tensor : Tensor([Float]()) }

  /// The right class of each sample, from 0; empty where the labels are none.
  public var classLabels: [Int] { task == .classification ? labels?.integers ?? [] : [] }

  /// The first samples, all if there are no more than `count`; no bytes are copied.
  public func prefix(_ count: Int) -> Dataset {
    guard count < self.count else { return self }
    let rows = 0..<max(count, 0)
    return Dataset(
      self, inputs: inputs.mapValues { $0.prefix(rows.count) }, labels: labels?.rows(rows),
      order: Array(order[rows]), change: "first \(rows.count)")
  }
}
