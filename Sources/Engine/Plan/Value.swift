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
  var layout: Layout
  var place: Place

  /// Elements in memory, padding included.
  var storedCount: Int { layout.count(dims) }
  var byteCount: Int { dtype.byteCount(of: storedCount) }
  var shape: Shape { Shape(dims) }
  var isFloat: Bool { dtype == .float32 }
}
