/// Elements put before and behind each axis; a negative number takes some away.
public struct Pad: Operator {
  public static let type: OperatorType = "Pad"

  public enum Mode: Hashable, Sendable {
    case constant, reflect, edge, wrap
  }

  /// Where the numbers of elements are given: all begins, then all ends.
  public enum Amounts: Hashable, Sendable {
    /// Before opset 11, with the value of what is put there.
    case attribute([Int], value: Float)
    /// Input 1, input 2 the value, input 3 the axes that the numbers are for.
    case inputs
  }

  public let mode: Mode
  public let amounts: Amounts

  public init(_ node: Node, opset: Int) throws(GraphError) {
    switch try node.string("mode") ?? "constant" {
    case "constant": mode = .constant
    case "reflect": mode = .reflect
    case "edge": mode = .edge
    case "wrap": mode = .wrap
    case let other: throw node.invalid("mode", "is '\(other)', which is no kind of padding")
    }
    if opset >= 11 {
      amounts = .inputs
    } else {
      let name = opset >= 2 ? "pads" : "paddings"
      guard let pads = try node.ints(name) else { throw node.invalid(name, "is missing") }
      amounts = .attribute(pads, value: try node.float("value", default: 0))
    }
  }

  /// Elements before and behind each axis; nil where an input gives them that is not known.
  public func resolved(_ inputs: [Facts?], rank: Int) throws(Mismatch) -> (begin: [Int], end: [Int])? {
    let pads: [Int]
    var axes = Array(0..<rank)
    switch amounts {
    case .attribute(let given, _): pads = given
    case .inputs:
      let facts = try inputs.required(1)
      try facts.require(rankAtMost: 2, "'pads'")
      if let chosen = inputs.optional(3) {
        guard let list = chosen.integers else { return nil }
        _ = try list.axes(ofRank: rank)
        axes = []
        for axis in list { axes.append(try axis.axis(ofRank: rank)) }
      }
      guard let given = facts.integers else { return nil }
      pads = given
    }
    guard pads.count == 2 * axes.count else {
      throw Mismatch("'pads' has \(pads.count) numbers where \(axes.count) axes need \(2 * axes.count)")
    }
    for pad in pads where pad < -largestSize || pad > largestSize {
      throw Mismatch("a padding of \(pad) is out of range")
    }
    var begin = [Int](repeating: 0, count: rank)
    var end = begin
    for (index, axis) in axes.enumerated() {
      begin[axis] = pads[index]
      end[axis] = pads[index + axes.count]
    }
    return (begin, end)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    if amounts == .inputs, let value = inputs.optional(2) {
      try value.requireSingle("the value")
      try value.require(dtypeOf: x, "the value")
    }
    guard let dims = x.dims else { return [Facts(dtype: x.dtype)] }
    guard let (begin, end) = try resolved(inputs, rank: dims.count) else {
      return [Facts(dtype: x.dtype, dims: dims.map { _ in .unknown })]
    }
    var output: [Dim] = []
    for axis in dims.indices {
      let size = dims[axis] + Dim(begin[axis]) + Dim(end[axis])
      if let value = dims[axis].value {
        // What is left when negative numbers have taken theirs away.
        let rest = value + min(begin[axis], 0) + min(end[axis], 0)
        guard let sum = size.value, sum >= 0, rest >= 0 else {
          throw Mismatch("axis \(axis) of size \(value) cannot be padded by \(begin[axis]) and \(end[axis])")
        }
        let longest = max(begin[axis], end[axis], 0)
        if mode == .reflect ? longest > 0 && longest >= rest : mode != .constant && rest == 0 && longest > 0 {
          throw Mismatch(
            "axis \(axis) of size \(rest) is too short to be padded by \(longest) with its own elements")
        }
      }
      output.append(size)
    }
    return [Facts(dtype: x.dtype, dims: output)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = outputs[0].rank, let pads = try? resolved(inputs, rank: rank) else { return [] }
    return AxisLink.identity(rank: rank).filter {
      pads.begin[$0.from.axis] == 0 && pads.end[$0.from.axis] == 0
    }
  }
}
