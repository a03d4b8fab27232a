import Tensor

/// A value of the graph as the plan knows it: where it lies and how.
struct Value: Sendable {
  enum Place: Hashable, Sendable {
    /// A part of the workspace.
    case slot(Int)
    /// The caller's input of this index.
    case input(Int)
    /// One of the plan's constants.
    case constant(Int)
  }

  var dtype: DType
  var dims: [Int]
  var order: MemoryOrder
  var place: Place

  /// Elements in memory, padding included.
  var storedCount: Int { order.count(dims) }
  var byteCount: Int { dtype.byteCount(of: storedCount) }
  var shape: Shape { Shape(dims) }
  /// Whether the bytes are the same in another layout: channels last is row-major where there is one channel
  /// or one position.
  func isSame(in order: MemoryOrder) -> Bool {
    if order == self.order { return true }
    guard dims.count > 2, Set([order, self.order]) == [.plain, .channelsLast] else { return false }
    return dims[1] == 1 || dims[2...].reduce(1, *) == 1
  }

  var isFloat: Bool { dtype == .float32 }
}
