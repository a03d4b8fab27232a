/// Samples of one input of a network, `[count, ...]`: as they are given to it, or kept in fewer bytes and made into
/// that when they are asked for, a batch at a time.
public struct Samples: Sendable {
  /// What `rows` gives: its type, and its shape for all samples.
  public let dtype: DType
  public let shape: Shape
  /// As they are kept: `[count, ...]`, in any type and order of axes.
  private let stored: Tensor
  private let prepare: (@Sendable (Tensor) -> Tensor)?
  /// What `prepare` does, for the fingerprint.
  private let method: String

  /// Samples that are kept as they are given.
  ///
  /// - Parameter tensor: `[count, ...]`.
  public init(_ tensor: Tensor) {
    stored = tensor
    prepare = nil
    method = ""
    dtype = tensor.dtype
    shape = tensor.shape
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
    precondition(stored.shape.rank > 0)
    self.stored = stored
    self.prepare = prepare
    self.method = method
    self.dtype = dtype
    shape = Shape([stored.shape[0]] + sample)
  }

  /// The same with other rows.
  private init(_ stored: Tensor, like other: Samples) {
    self.stored = stored
    prepare = other.prepare
    method = other.method
    dtype = other.dtype
    shape = Shape([stored.shape[0]] + other.shape.dims.dropFirst())
  }

  /// Of the samples and of how they are prepared.
  ///
  /// - Complexity: linear in the bytes that are kept.
  public var contentHash: ContentHash {
    ContentHash([stored.contentHash, ContentHash("\(method) \(dtype) \(shape)")])
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
    Samples(stored.rows(0..<min(max(count, 0), self.count)), like: self)
  }

  /// Sample `order[i]` at place `i`.
  ///
  /// - Complexity: one copy of what is kept.
  public func gathered(_ order: [Int]) -> Samples { Samples(stored.gatheringRows(order), like: self) }

  /// With the last sample repeated until there are `count`.
  public func repeatingLast(to count: Int) -> Samples {
    let last = max(self.count - 1, 0)
    return gathered((0..<max(count, self.count)).map { min($0, last) })
  }

  /// Samples `range`, kept as these are.
  public func part(_ range: Range<Int>) -> Samples { Samples(stored.rows(range), like: self) }
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
