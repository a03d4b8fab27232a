import Tensor

/// What is known about a value before anything runs.
public struct Facts: Sendable {
  public var dtype: DType?
  /// nil where the rank is not known.
  public var dims: [Dim]?
  /// The value itself, where it is the same in every run.
  public var constant: Tensor?
  /// The elements of a rank-0 or rank-1 tensor, where they are sizes that may be symbolic, or truths about them as 1 and
  /// 0: what a chain of Shape, Gather, Concat and Reshape carries, also as whole real numbers.
  public var elements: [Dim]?
  /// Whether the value is the same in every run, even where `constant` does not hold it: a weight behind a
  /// DequantizeLinear.
  public var isFixed: Bool

  public init(dtype: DType? = nil, dims: [Dim]? = nil, constant: Tensor? = nil, elements: [Dim]? = nil) {
    self.dtype = dtype
    self.dims = dims
    self.constant = constant
    self.elements = elements
    isFixed = constant != nil
  }

  /// All that a constant tells.
  public init(_ tensor: Tensor) {
    self.init(dtype: tensor.dtype, dims: tensor.shape.dims.map { Dim($0) }, constant: tensor)
    // Longer lists are data, not sizes.
    if tensor.shape.rank <= 1 && tensor.count <= 64, let integers = tensor.integers {
      elements = integers.map { Dim($0) }
    }
  }

  public static let unknown = Facts()

  public var rank: Int? { dims?.count }

  /// The sizes, where all are numbers.
  public var sizes: [Int]? { dims?.sizes }

  /// The elements of integers as numbers, where all are known.
  public var integers: [Int]? {
    dtype?.isFloatingPoint == true ? nil : constant?.integers ?? elements?.sizes
  }

  /// Number of elements, where it is known.
  public var count: Int? { dims?.product.value }
}
