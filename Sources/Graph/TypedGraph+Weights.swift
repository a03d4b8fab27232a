import Tensor

/// The constant behind an input, and the way from there.
public struct WeightOrigin: Sendable, Hashable {
  /// Name of the constant.
  public var constant: String
  /// Indices of the nodes between the constant and the input, the last one first.
  public var path: [Int]
  /// The axes that were asked for, as the constant has them.
  public var axes: [Int]
}

extension Graph {
  /// Names of the values that are the same in every run: constants, and what is computed from nothing else.
  var constantValues: Set<String> {
    var values = Set(constants.keys)
    for node in nodes
    where !node.inputs.isEmpty && node.inputs.allSatisfy({ $0.isEmpty || values.contains($0) }) {
      values.formUnion(node.outputs)
    }
    return values
  }
}

extension TypedGraph {
  /// The constant that `value` is, but for its type, layout, scale and shape.
  ///
  /// The way back leads through operators that have a `weightPath`, and through arithmetic with smaller
  /// constants, such as the Cast, Sub and Mul that stand for DequantizeLinear in old operator sets.
  ///
  /// - Parameter axes: axes of the value to follow; nil is returned where one of them gets lost.
  public func origin(
    of value: String, axes: [Int] = [], producers: [String: Int], constantValues: Set<String>
  ) -> WeightOrigin? {
    var origin = WeightOrigin(constant: value, path: [], axes: axes)
    var followed = axes.map { FollowedAxis(axis: $0) }
    while graph.constants[origin.constant] == nil {
      guard constantValues.contains(origin.constant), let index = producers[origin.constant],
        let op = operators[index]
      else { return nil }
      let input: Int
      if let path = op.weightPath(inputs(of: index)) ?? layoutPath(index, op) {
        guard let axes = back(followed, through: index, to: path) else { return nil }
        followed = axes
        input = path
      } else if let path = broadcastPath(index) {
        input = path
      } else {
        return nil
      }
      guard let name = graph.nodes[index].input(input) else { return nil }
      origin.constant = name
      origin.path.append(index)
    }
    guard followed.allSatisfy({ $0.block == 1 }) else { return nil }
    origin.axes = followed.map(\.axis)
    return origin
  }

  /// An axis on its way back.
  private struct FollowedAxis {
    var axis: Int
    /// So many positions of the axis that was asked for are one here, where a Reshape merged two axes into it; the
    /// next change of layout must be the one that split it.
    var block = 1
  }

  /// The input of a node that moves every element and keeps each: a Transpose, a Reshape.
  private func layoutPath(_ index: Int, _ op: any Operator) -> Int? {
    guard op.selects, let count = inputs(of: index).first??.count else { return nil }
    return outputs(of: index).first?.count == count ? 0 : nil
  }

  /// The input of an element-wise node that is as large as the output while all others are smaller.
  private func broadcastPath(_ index: Int) -> Int? {
    guard let size = outputs(of: index).first?.dims?.sizes else { return nil }
    let inputs = inputs(of: index)
    guard inputs.count == 2, let which = inputs.firstIndex(where: { $0?.dims?.sizes == size }),
      let other = inputs[1 - which]?.count, other < size.reduce(1, *)
    else { return nil }
    return which
  }

  /// Axes of a node's first output as those of one of its inputs.
  private func back(_ axes: [FollowedAxis], through index: Int, to input: Int) -> [FollowedAxis]? {
    if axes.isEmpty { return axes }
    let inputs = inputs(of: index)
    let outputs = outputs(of: index)
    guard let op = operators[index] else { return nil }
    let links = op.links(inputs, outputs)
    // An operator that only changes numbers, or has no links, and changes no size changes no axis either.
    if links.isEmpty || op.weightPath != nil, let sizes = outputs.first?.sizes, inputs[input]?.sizes == sizes
    {
      return axes
    }
    var found: [FollowedAxis] = []
    for axis in axes {
      let output = AxisLink.Axis(.output(0), axis.axis)
      let link = links.first { link in
        guard link.offset == 0 else { return false }
        if link.to == output && link.from.side == .input(input) { return axis.block == 1 }
        return link.from == output && link.to.side == .input(input) && link.block == axis.block
      }
      guard let link else { return nil }
      found.append(
        link.to == output
          ? FollowedAxis(axis: link.from.axis, block: link.block) : FollowedAxis(axis: link.to.axis))
    }
    return found
  }
}
