import Tensor

/// A value on a tape: its elements, and its gradient where a learning constant is behind it.
final class Variable {
  let dtype: DType
  let dims: [Int]
  let order: MemoryOrder
  /// nil where nothing that learns is behind the value.
  let gradient: Gradient?
  let bytes: UnsafeMutableRawPointer
  /// Whether the step that gives the value needs it no more, so that its only reader may write over it.
  let isFree: Bool
  private let storage: Storage
  private let tensor: Tensor?

  /// A value with memory of its own.
  ///
  /// - Parameter gradient: one to take in place of a new one.
  init(
    _ dims: [Int], order: MemoryOrder = .plain, dtype: DType = .float32, hasGradient: Bool,
    isFree: Bool = false, gradient given: Gradient? = nil
  ) {
    self.dtype = dtype
    self.dims = dims
    self.order = order
    self.isFree = isFree
    let count = dims.reduce(1, *)
    storage = Storage(byteCount: dtype.byteCount(of: count))
    bytes = storage.bytes.baseAddress!
    storage.bytes.initializeMemory(as: UInt8.self, repeating: 0)
    gradient = hasGradient ? given ?? Gradient(count: count) : nil
    tensor = nil
  }

  /// A constant, where it lies.
  init(_ constant: Tensor) {
    let settled = constant.settled
    tensor = settled
    dtype = settled.dtype
    dims = settled.shape.dims
    order = .plain
    gradient = nil
    isFree = false
    bytes = settled.withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress!) }
    storage = Storage(borrowing: bytes, byteCount: settled.byteCount)
  }

  /// The same bytes under other sizes, and as many of them.
  ///
  /// - Parameter gradient: that of the other value, unless what reads this one writes over it.
  init(viewing other: Variable, dims: [Int], order: MemoryOrder, gradient: Gradient?, isFree: Bool = false) {
    dtype = other.dtype
    self.dims = dims
    self.order = order
    self.gradient = gradient
    self.isFree = isFree
    bytes = other.bytes
    storage = other.storage
    tensor = other.tensor
  }

  var count: Int { dims.reduce(1, *) }
  var shape: Shape { Shape(dims) }
  var floats: UnsafeMutablePointer<Float> { bytes.assumingMemoryBound(to: Float.self) }
  var isFloat: Bool { dtype == .float32 }

  /// Sizes in the order in which the elements lie: channels last, where they do.
  var storedDims: [Int] {
    order == .channelsLast ? [dims[0]] + dims[2...] + [dims[1]] : dims
  }

  /// Whether the bytes are the same in another layout.
  func isSame(in order: MemoryOrder) -> Bool {
    if order == self.order { return true }
    return dims.count > 2 && (dims[1] == 1 || dims[2...].reduce(1, *) == 1)
  }

  func view(_ dims: [Int], order: MemoryOrder = .plain) -> Variable {
    Variable(viewing: self, dims: dims, order: order, gradient: gradient)
  }

  /// The elements as a tensor that borrows them: to be used up before the next step.
  var borrowed: Tensor {
    Tensor(
      dtype: dtype, shape: shape,
      storage: Storage(borrowing: bytes, byteCount: dtype.byteCount(of: count)))
  }

  /// A copy of the elements.
  var copied: Tensor {
    Tensor(dtype: dtype, shape: shape) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: $0.count))
    }
  }
}
