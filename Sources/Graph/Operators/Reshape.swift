/// The same elements in the same order under another shape.
public struct Reshape: Operator {
  public static let type: OperatorType = "Reshape"

  /// The shape, where it is an attribute, as before opset 5; otherwise it is input 1.
  public let shape: [Int]?
  /// Whether a 0 in the shape is an empty axis instead of the input's size there.
  public let allowsZero: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    if opset >= 5 {
      shape = nil
    } else {
      guard let shape = try node.ints("shape") else { throw node.invalid("shape", "is missing") }
      self.shape = shape
    }
    allowsZero = try node.bool("allowzero", default: false)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    let dims = try target(inputs).map { wanted throws(Mismatch) in try resolve(wanted, from: x.dims) }
    let facts = Facts(dtype: x.dtype, dims: dims)
    return [dims.map { $0.count <= 1 } == true ? facts.with(elements: x.elements) : facts]
  }

  /// The wanted shape as it is given; nil where not even its length is known.
  private func target(_ inputs: [Facts?]) throws(Mismatch) -> [Dim]? {
    if let shape { return shape.map { Dim($0) } }
    let given = try inputs.required(1)
    try given.require(rank: 1, "the shape")
    try given.require(dtypeIn: [.int64, .int32], "the shape")
    if let sizes = given.integers { return sizes.map { Dim($0) } }
    return given.sizeElements
  }

  private func resolve(_ wanted: [Dim], from input: [Dim]?) throws(Mismatch) -> [Dim] {
    var output = wanted
    var open: [Int] = []
    // Axes that are copied count on neither side, so that they need not be known.
    var rest = input ?? []
    var copied: Set<Int> = []
    for (axis, dim) in wanted.enumerated() {
      if dim == .unknown {
        open.append(axis)
      } else if let value = dim.value, value < 0 {
        guard value == -1 else { throw Mismatch("the shape has \(value)") }
        open.insert(axis, at: 0)
      } else if dim.value == 0 && !allowsZero {
        copied.insert(axis)
        guard let input else {
          output[axis] = .unknown
          continue
        }
        guard axis < input.count else {
          throw Mismatch("the shape copies axis \(axis), which input 0 does not have")
        }
        output[axis] = input[axis]
        rest[axis] = 1
      }
    }
    let isInferred = open.first.map { wanted[$0].value == -1 } ?? false
    if open.count > 1 && wanted[open[1]].value == -1 { throw Mismatch("the shape has more than one -1") }
    for axis in open { output[axis] = .unknown }
    guard input != nil else { return output }
    let given = output.indices.reduce(Dim(1)) {
      $0 * (copied.contains($1) || open.contains($1) ? 1 : output[$1])
    }
    let total = rest.product
    if open.isEmpty {
      // Plain numbers without a product: it is larger than any tensor.
      let isAbsurd = given == .unknown && output.sizes != nil
      if isAbsurd || total.contradicts(given) {
        throw Mismatch("\((input ?? []).text) cannot be reshaped to \(output.text)")
      }
    } else if open.count == 1 {
      if let size = total / given {
        output[open[0]] = size
      } else if isInferred, total.value != nil, given.value != nil {
        throw Mismatch("\((input ?? []).text) cannot be reshaped to \(wanted.text)")
      }
    }
    return output
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let input = inputs.optional(0)?.dims, let output = outputs[0].dims else { return [] }
    return AxisLink.regrouped(input, output)
  }

  public var selects: Bool { true }
}

extension AxisLink {
  /// The axes that a change of shape keeps, merges or splits: where runs of axes on both sides have the same
  /// product, the outermost axis of a run goes with the whole of the one that the run is merged into.
  static func regrouped(_ input: [Dim], _ output: [Dim]) -> [AxisLink] {
    var links: [AxisLink] = []
    var (i, j) = (input.count, output.count)
    // From the right, so that an unknown batch does not stand in the way.
    while i > 0 && j > 0 {
      let (iEnd, jEnd) = (i, j)
      i -= 1
      j -= 1
      var (a, b) = (input[i], output[j])
      while a != b {
        if let x = a.value, let y = b.value {
          guard x > 0, y > 0 else { return links }
          if x < y {
            guard i > 0 else { return links }
            i -= 1
            a = a * input[i]
          } else {
            guard j > 0 else { return links }
            j -= 1
            b = b * output[j]
          }
        } else if i > 0, b / a != nil {
          i -= 1
          a = a * input[i]
        } else if j > 0, a / b != nil {
          j -= 1
          b = b * output[j]
        } else {
          return links
        }
      }
      guard a != .unknown, a.value != 0 else { return links }
      // Ones in front of a run belong to nobody, and hide its outermost axis.
      let first = (i..<iEnd).first { input[$0].value != 1 } ?? iEnd - 1
      let second = (j..<jEnd).first { output[$0].value != 1 } ?? jEnd - 1
      let inner = Array(input[(first + 1)..<iEnd]).product.value
      let outer = Array(output[(second + 1)..<jEnd]).product.value
      if let inner, outer == 1 {
        links.append(.from(0, first, to: second, block: inner))
      } else if let outer, inner == 1 {
        links.append(AxisLink(Axis(.output(0), second), Axis(.input(0), first), block: outer))
      }
    }
    return links
  }
}
