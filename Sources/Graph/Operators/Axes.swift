/// Axes as files give them: any order, negative ones counted from the end.
extension Int {
  /// The axis as one of `0..<rank`, where -1 is the last.
  package func axis(ofRank rank: Int) throws(Mismatch) -> Int {
    guard self >= -rank && self < rank else {
      throw Mismatch("axis \(self) is out of range for a tensor of rank \(rank)")
    }
    return self < 0 ? self + rank : self
  }
}

extension [Int] {
  /// The axes as ascending members of `0..<rank`.
  package func axes(ofRank rank: Int) throws(Mismatch) -> [Int] {
    var axes: Set<Int> = []
    for axis in self {
      guard axes.insert(try axis.axis(ofRank: rank)).inserted else {
        throw Mismatch("axis \(axis) is given twice")
      }
    }
    return axes.sorted()
  }
}

/// Where a list of axes comes from; newer operator sets moved it from an attribute to an input.
public enum AxesSource: Hashable, Sendable {
  case omitted
  case attribute([Int])
  case input(Int)

  /// The list itself, not yet normalised.
  public enum Resolved: Hashable, Sendable {
    case omitted
    case axes([Int])
    /// Given, but only known when the graph runs.
    case unknown
  }

  init(_ node: Node, attribute: String = "axes", input: Int, fromOpset: Int, opset: Int) throws(GraphError) {
    if opset >= fromOpset {
      self = .input(input)
    } else {
      self = if let axes = try node.ints(attribute) { .attribute(axes) } else { .omitted }
    }
  }

  public func resolved(_ inputs: [Facts?]) -> Resolved {
    switch self {
    case .omitted: .omitted
    case .attribute(let axes): .axes(axes)
    case .input(let index):
      if let facts = inputs.optional(index) {
        if let axes = facts.integers { .axes(axes) } else { .unknown }
      } else {
        .omitted
      }
    }
  }
}

extension AxisLink {
  /// An axis of an input is an axis of output 0.
  static func from(_ input: Int, _ axis: Int, to output: Int, block: Int = 1, offset: Int = 0) -> AxisLink {
    AxisLink(Axis(.input(input), axis), Axis(.output(0), output), block: block, offset: offset)
  }

  /// An axis of one input is an axis of another.
  static func between(_ left: (input: Int, axis: Int), _ right: (input: Int, axis: Int)) -> AxisLink {
    AxisLink(Axis(.input(left.input), left.axis), Axis(.input(right.input), right.axis))
  }
}
