/// A dense, row-major array of numbers: an immutable value whose bytes may be shared with other tensors or
/// lie in a mapped file.
public struct Tensor: Sendable {
  public let dtype: DType
  public let shape: Shape
  private let storage: Storage
  private let offset: Int
  /// Whether the bytes lie where the processor should not read elements of the type: anywhere in a file.
  private let isDisplaced: Bool

  /// A tensor over bytes that exist. `offset` is in bytes; the storage must hold `byteCount` bytes from there.
  /// Where they are not aligned for the type, they are copied for as long as somebody looks at them.
  public init(dtype: DType, shape: Shape, storage: Storage, offset: Int = 0) {
    precondition(offset >= 0 && offset + dtype.byteCount(of: shape.count) <= storage.bytes.count)
    self.dtype = dtype
    self.shape = shape
    self.storage = storage
    self.offset = offset
    let address = storage.bytes.baseAddress.map { Int(bitPattern: $0) + offset } ?? 0
    isDisplaced = address % max(dtype.bits / 8, 1) != 0
  }

  /// A new tensor whose bytes `fill` writes.
  public init(
    dtype: DType, shape: Shape, filling fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    let size = dtype.byteCount(of: shape.count)
    let storage = Storage(byteCount: size)
    try fill(UnsafeMutableRawBufferPointer(rebasing: storage.bytes[..<size]))
    self.init(dtype: dtype, shape: shape, storage: storage)
  }

  /// A new tensor of `T` whose elements `fill` writes.
  public init<T: TensorElement>(
    of type: T.Type, shape: Shape, filling fill: (UnsafeMutableBufferPointer<T>) throws -> Void
  ) rethrows {
    try self.init(dtype: T.dtype, shape: shape) { try fill($0.bindMemory(to: T.self)) }
  }

  /// A new tensor with the elements of an array in row-major order.
  public init<T: TensorElement>(_ elements: [T], shape: Shape) {
    precondition(elements.count == shape.count)
    self.init(of: T.self, shape: shape) { _ = $0.initialize(from: elements) }
  }

  /// A rank-1 tensor.
  public init<T: TensorElement>(_ elements: [T]) { self.init(elements, shape: [elements.count]) }

  /// A scalar.
  public init<T: TensorElement>(scalar: T) { self.init([scalar], shape: []) }

  public var count: Int { shape.count }
  public var byteCount: Int { dtype.byteCount(of: count) }

  /// The bytes, aligned for the type.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    if isDisplaced { return try settled.withUnsafeBytes(body) }
    return try withExtendedLifetime(storage) {
      try body(UnsafeRawBufferPointer(rebasing: storage.bytes[bytes]))
    }
  }

  private var bytes: Range<Int> { offset..<offset + byteCount }

  /// The same with its bytes where they can be used for as long as it lives: itself, or else a copy, which all share who
  /// ask for one at the same time.
  package var settled: Tensor {
    isDisplaced ? Tensor(dtype: dtype, shape: shape, storage: storage.copy(bytes)) : self
  }

  /// Says that the bytes will not be looked at for a while: what a file holds need not be in memory twice.
  package func forget() { storage.forget(bytes) }

  /// Fingerprint of the bytes.
  var bytesHash: ContentHash { storage.contentHash(bytes) }

  /// The elements as `T`, which must be the tensor's own type.
  public func withElements<T: TensorElement, R>(
    of type: T.Type, _ body: (UnsafeBufferPointer<T>) throws -> R
  ) rethrows -> R {
    precondition(T.dtype == dtype, "elements are \(dtype), not \(T.dtype)")
    return try withUnsafeBytes { try body($0.bindMemory(to: T.self)) }
  }

  /// A copy of the elements as an array.
  public func array<T: TensorElement>(of type: T.Type = T.self) -> [T] {
    withElements(of: T.self) { Array($0) }
  }

  /// The same bytes under another shape with as many elements.
  public func reshaped(_ shape: Shape) -> Tensor {
    precondition(shape.count == count)
    return Tensor(dtype: dtype, shape: shape, storage: storage, offset: offset)
  }

  /// Rows `range` along the first axis, without a copy.
  public func rows(_ range: Range<Int>) -> Tensor {
    let row = shape.inner(of: 0)
    return Tensor(
      dtype: dtype, shape: Shape([range.count] + shape.dims.dropFirst()), storage: storage,
      offset: offset + dtype.byteCount(of: row * range.lowerBound))
  }
}
