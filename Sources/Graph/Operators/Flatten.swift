/// Two axes out of many: those before `axis` and the others.
public struct Flatten: Operator {
  public static let type: OperatorType = "Flatten"

  public let axis: Int

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try node.int("axis", default: 1) }

  /// The first axis of the second part, which may be the rank.
  public func split(rank: Int) throws(Mismatch) -> Int {
    guard axis >= -rank && axis <= rank else {
      throw Mismatch("axis \(axis) is out of range for a tensor of rank \(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    guard let dims = x.dims else { return [Facts(dtype: x.dtype, dims: [.unknown, .unknown])] }
    let split = try split(rank: dims.count)
    return [Facts(dtype: x.dtype, dims: [Array(dims[..<split]).product, Array(dims[split...]).product])]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let dims = inputs.optional(0)?.dims, let split = try? split(rank: dims.count) else { return [] }
    var links: [AxisLink] = []
    if split > 0, let block = Array(dims[1..<split]).product.value {
      links.append(.from(0, 0, to: 0, block: block))
    }
    if split < dims.count, let block = Array(dims[(split + 1)...]).product.value {
      links.append(.from(0, split, to: 1, block: block))
    }
    return links
  }

  public var selects: Bool { true }
}
