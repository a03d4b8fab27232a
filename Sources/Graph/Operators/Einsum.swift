/// Sums of products of its inputs' elements, by an equation that names their axes.
public struct Einsum: Operator {
  public static let type: OperatorType = "Einsum"

  public typealias Label = EinsumEquation.Label

  public let equation: EinsumEquation

  public init(_ node: Node, opset: Int) throws(GraphError) {
    guard let text = try node.string("equation") else { throw node.invalid("equation", "is missing") }
    do {
      equation = try EinsumEquation(text)
    } catch {
      throw node.invalid("equation", error.reason)
    }
  }

  /// What each axis of the operands and the output is called, and how large it is.
  public struct Axes: Sendable {
    /// By operand.
    public var operands: [[Label]] = []
    public var output: [Label] = []
    /// Labels that the output lacks, in the order in which they come.
    public var summed: [Label] = []
    public var sizes: [Label: Dim] = [:]
  }

  /// The axes; nil where a rank is not known.
  ///
  /// - Throws: `Mismatch` where operands do not fit the equation or each other.
  public func axes(_ inputs: [Facts?]) throws(Mismatch) -> Axes? {
    guard inputs.count == equation.terms.count else {
      throw Mismatch("has \(inputs.count) inputs where the equation has \(equation.terms.count)")
    }
    var axes = Axes()
    var hidden = 0
    for (index, term) in equation.terms.enumerated() {
      guard let dims = try inputs.required(index).dims else { return nil }
      let labels = try equation.labels(term, rank: dims.count)
      axes.operands.append(labels)
      if term.contains(.ellipsis) { hidden = max(hidden, labels.count - term.count + 1) }
      for (label, dim) in zip(labels, dims) {
        axes.sizes[label] =
          try axes.sizes[label].map { known throws(Mismatch) in
            try [Dim].broadcast([known], [dim])[0]
          } ?? dim
      }
    }
    let named = equation.output.count { $0 != .ellipsis }
    axes.output = try equation.labels(
      equation.output, rank: named + (equation.output.contains(.ellipsis) ? hidden : 0))
    for label in axes.operands.joined() where !axes.output.contains(label) && !axes.summed.contains(label) {
      axes.summed.append(label)
    }
    return axes
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let first = try inputs.required(0)
    for index in inputs.indices { try inputs.required(index).require(dtypeOf: first, "input \(index)") }
    guard let axes = try axes(inputs) else {
      let isOpen = equation.output.contains(.ellipsis)
      return [Facts(dtype: first.dtype, dims: isOpen ? nil : equation.output.map { _ in .unknown })]
    }
    return [Facts(dtype: first.dtype, dims: axes.output.map { axes.sizes[$0] ?? .unknown })]
  }

  /// The product of all sizes, for each operand that is multiplied with those before it.
  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    guard inputs.count > 1 else { return 0 }
    guard let axes = (try? axes(inputs)) ?? nil else { return .unknown }
    return axes.sizes.values.sorted { "\($0)" < "\($1)" }.product * Dim(inputs.count - 1)
  }

  /// The one of two operands that is the same in every run, where each of its axes is either summed over with
  /// the other's or one of the output alone.
  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    guard inputs.count == 2, let axes = (try? axes(inputs)) ?? nil,
      let left = inputs[0]?.isFixed, let right = inputs[1]?.isFixed, left != right
    else { return [] }
    let (weight, data) = left ? (0, 1) : (1, 0)
    let labels = axes.operands[weight]
    guard Set(labels).count == labels.count,
      labels.allSatisfy({ axes.operands[data].contains($0) != axes.output.contains($0) }),
      let output = labels.firstIndex(where: axes.output.contains),
      let input = labels.firstIndex(where: axes.summed.contains)
    else { return [] }
    return [WeightSlot(weight: weight, bias: nil, data: data, outputAxis: output, inputAxis: input)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let axes = (try? axes(inputs)) ?? nil else { return [] }
    var links: [AxisLink] = []
    for label in axes.output + axes.summed {
      // Of an operand that is stretched along it, no position is one of the others'.
      let places = axes.operands.indices.flatMap { operand in
        axes.operands[operand].indices.filter { axis in
          axes.operands[operand][axis] == label && axes.sizes[label] != .unknown
            && inputs[operand]?.dims?[axis] == axes.sizes[label]
        }.map { AxisLink.Axis(.input(operand), $0) }
      }
      if let output = axes.output.firstIndex(of: label) {
        links += places.map { AxisLink($0, AxisLink.Axis(.output(0), output)) }
      } else if Set(places.map(\.side)).count > 1 {
        links += places.dropFirst().map { AxisLink(places[0], $0) }
      }
    }
    return links
  }
}
