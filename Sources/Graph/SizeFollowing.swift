import Tensor

/// An operator that has sizes written down in its attributes or constants, which must follow when axes that it
/// links are shortened.
public protocol SizeFollowing: Operator {
  /// What has to change in `node`.
  ///
  /// - Parameters:
  ///   - old: facts of the inputs before.
  ///   - new: facts of the inputs after.
  ///   - outputs: sizes of the outputs before and after.
  func following(
    _ node: Node, old: [Facts?], new: [Facts?], outputs: [(old: [Dim]?, new: [Dim]?)]
  ) -> SizeChange
}

/// Attributes and constant inputs that are to be replaced.
public struct SizeChange: Sendable {
  public var attributes: [String: Attribute] = [:]
  /// By the number of the input.
  public var constants: [Int: Tensor] = [:]

  public init() {}

  public var isEmpty: Bool { attributes.isEmpty && constants.isEmpty }
}

/// An operator that looks at sizes only, so that its output follows by itself when they get shorter.
public protocol SizeReading: Operator {}

extension ShapeOf: SizeReading {}

extension Conv: SizeFollowing {
  /// A depthwise convolution has as many groups as channels.
  public func following(
    _ node: Node, old: [Facts?], new: [Facts?], outputs: [(old: [Dim]?, new: [Dim]?)]
  ) -> SizeChange {
    var change = SizeChange()
    if let weight = old.optional(1)?.dims, let multiplier = depthMultiplier(weight: weight), multiplier > 0,
      let outputs = new.optional(1)?.dims?.first?.value, outputs / multiplier != group
    {
      change.attributes["group"] = .int(outputs / multiplier)
    }
    return change
  }
}

extension Reshape: SizeFollowing {
  /// Sizes that are written down are replaced where they are those of an axis that got shorter.
  public func following(
    _ node: Node, old: [Facts?], new: [Facts?], outputs: [(old: [Dim]?, new: [Dim]?)]
  ) -> SizeChange {
    var change = SizeChange()
    guard let (before, after) = outputs.first, let before, let after else { return change }
    func follow(_ wanted: [Int]) -> [Int]? {
      guard wanted.count == before.count && wanted.count == after.count else { return nil }
      let followed = wanted.indices.map { axis in
        let isOld = wanted[axis] > 0 && before[axis].value == wanted[axis]
        return isOld ? after[axis].value ?? wanted[axis] : wanted[axis]
      }
      return followed == wanted ? nil : followed
    }
    if let constant = old.optional(1)?.constant, let followed = constant.integers.flatMap(follow) {
      change.constants[1] = Tensor(followed.map { Int64($0) })
    } else if case .ints(let wanted) = node.attributes["shape"], let followed = follow(wanted) {
      change.attributes["shape"] = .ints(followed)
    }
    return change
  }
}
