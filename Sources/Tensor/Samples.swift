/// Samples of one input of a network, `[count, ...]`: as they are given to it, or kept in fewer bytes and made into
/// that when they are asked for, a batch at a time.
public struct Samples: Sendable {
  /// What `rows` gives: its type, and its shape for all samples.
  public let dtype: DType
  public let shape: Shape
  /// As they are kept: `[count, ...]`, in any type and order of axes.
  private let stored: Tensor
  private let prepare: (@Sendable (Tensor) -> Tensor)?
  public let contentHash: ContentHash

  /// Samples that are kept as they are given.
  ///
  /// - Parameter tensor: `[count, ...]`.
  public init(_ tensor: Tensor) {
    stored = tensor
    prepare = nil
    dtype = tensor.dtype
    shape = tensor.shape
    contentHash = tensor.contentHash
  }

  /// - Parameters:
  ///   - stored: `[count, ...]`.
  ///   - dtype: what `prepare` makes.
  ///   - sample: the shape that one sample then has, without the count.
  ///   - method: says what `prepare` does, for the fingerprint.
  ///   - prepare: makes any number of rows; each sample depends on its own row alone.
  public init(
    stored: Tensor, dtype: DType, sample: [Int], method: String,
    prepare: @escaping @Sendable (Tensor) -> Tensor
  ) {
    self.init(
      stored, dtype: dtype, sample: sample,
      contentHash: ContentHash([stored.contentHash, ContentHash("\(method) \(dtype) \(sample)")]),
      prepare: prepare)
  }

  private init(
    _ stored: Tensor, dtype: DType, sample: [Int], contentHash: ContentHash,
    prepare: (@Sendable (Tensor) -> Tensor)?
  ) {
    precondition(stored.shape.rank > 0)
    self.stored = stored
    self.prepare = prepare
    self.dtype = dtype
    shape = Shape([stored.shape[0]] + sample)
    self.contentHash = contentHash
  }

  public var count: Int { shape.rank == 0 ? 0 : shape[0] }

  /// Samples `range`; without a copy where they are kept as they are given.
  public func rows(_ range: Range<Int>) -> Tensor {
    let rows = stored.rows(range)
    return prepare?(rows) ?? rows
  }

  /// All samples, in memory.
  public var tensor: Tensor { prepare?(stored) ?? stored }

  /// The first `count` samples, or all, without a copy.
  public func prefix(_ count: Int) -> Samples {
    let rows = stored.rows(0..<min(max(count, 0), self.count))
    return Samples(
      rows, dtype: dtype, sample: Array(shape.dims.dropFirst()),
      contentHash: ContentHash([contentHash, ContentHash("first \(rows.shape[0])")]), prepare: prepare)
  }

  /// Sample `order[i]` at place `i`.
  ///
  /// - Complexity: one copy of what is kept.
  public func gathered(_ order: [Int]) -> Samples {
    Samples(
      stored.gatheringRows(order), dtype: dtype, sample: Array(shape.dims.dropFirst()),
      contentHash: ContentHash([contentHash, order.withUnsafeBytes { ContentHash($0) }]), prepare: prepare)
  }
}

extension Tensor {
  /// Row `order[i]` at place `i` of the first axis. Rows must be whole bytes.
  ///
  /// - Complexity: one copy of the rows.
  public func gatheringRows(_ order: [Int]) -> Tensor {
    let row = byteCount / max(shape[0], 1)
    return Tensor(dtype: dtype, shape: Shape([order.count] + shape.dims.dropFirst())) { target in
      withUnsafeBytes { source in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        for (index, original) in order.enumerated() {
          (to + index * row).copyMemory(from: from + original * row, byteCount: row)
        }
      }
    }
  }
}
