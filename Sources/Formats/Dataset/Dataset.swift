import Tensor

/// Samples with their labels: an immutable value.
public struct Dataset: Sendable {
  /// What to call it on the screen.
  public var name: String
  /// `[count, ...]`, as the network gets them.
  public let samples: Tensor
  /// The right class of each sample, from 0.
  public let labels: [Int]
  /// Names of the classes, in the order of their numbers; empty where they are not known.
  public var classes: [String]
  /// Where each sample stands in the file: ascending, until the data is shuffled.
  public let order: [Int]
  /// Fingerprint of samples, labels, their order and how they were prepared.
  public let contentHash: ContentHash

  /// - Throws: `FormatError` about `path` where there are no samples, or not one label for each.
  public init(
    name: String, path: String, samples: Tensor, labels: [Int], classes: [String] = [],
    contentHash: ContentHash? = nil
  ) throws(FormatError) {
    let count = samples.shape.dims.first ?? 0
    if count == 0 { throw FormatError(path, "holds no samples") }
    if labels.count != count {
      throw FormatError(path, "has \(count) samples but \(labels.count) labels; they do not belong together")
    }
    if let index = labels.firstIndex(where: { $0 < 0 }) {
      throw FormatError(path, "label \(index) is \(labels[index]); classes are counted from 0")
    }
    if !classes.isEmpty, let index = labels.firstIndex(where: { $0 >= classes.count }) {
      throw FormatError(
        path, "label \(index) is \(labels[index]), but only \(classes.count) classes are named")
    }
    self.init(
      name: name, samples: samples, labels: labels, classes: classes, order: Array(0..<count),
      contentHash: contentHash
        ?? ContentHash([samples.contentHash, labels.withUnsafeBytes { ContentHash($0) }]))
  }

  init(
    name: String, samples: Tensor, labels: [Int], classes: [String], order: [Int], contentHash: ContentHash
  ) {
    self.name = name
    self.samples = samples
    self.labels = labels
    self.classes = classes
    self.order = order
    self.contentHash = contentHash
  }

  public var count: Int { labels.count }

  /// The first samples, all if there are no more than `count`; no bytes are copied.
  public func prefix(_ count: Int) -> Dataset {
    guard count < self.count else { return self }
    let rows = 0..<max(count, 0)
    return Dataset(
      name: name, samples: samples.rows(rows), labels: Array(labels[rows]), classes: classes,
      order: Array(order[rows]), contentHash: ContentHash([contentHash, ContentHash("first \(rows.count)")]))
  }
}
