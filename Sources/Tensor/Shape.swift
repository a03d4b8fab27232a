/// The sizes of a tensor's axes, outermost first; a scalar has none.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
  public var dims: [Int]

  public init(_ dims: [Int]) { self.dims = dims }
  public init(arrayLiteral elements: Int...) { dims = elements }

  public var rank: Int { dims.count }

  /// Number of elements; 1 for a scalar.
  public var count: Int { dims.reduce(1, *) }

  public subscript(axis: Int) -> Int { dims[axis] }

  /// Elements between neighbours along each axis, in row-major order.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: dims.count)
    for axis in stride(from: dims.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dims[axis + 1]
    }
    return strides
  }

  /// Product of the sizes before `axis`.
  public func outer(of axis: Int) -> Int { dims[..<axis].reduce(1, *) }

  /// Product of the sizes behind `axis`.
  public func inner(of axis: Int) -> Int { dims[(axis + 1)...].reduce(1, *) }
}

extension Shape: CustomStringConvertible {
  /// As a person writes it: `20·1·5·5`, or `scalar`.
  public var description: String {
    dims.isEmpty ? "scalar" : dims.map(String.init).joined(separator: "·")
  }
}
