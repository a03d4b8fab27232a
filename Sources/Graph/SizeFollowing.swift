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

/// An operator that has positions written down, which move where others before them are taken out.
public protocol PositionFollowing: Operator {
  /// What has to change in `node`.
  ///
  /// - Parameters:
  ///   - old: facts of the inputs before.
  ///   - gone: positions that are taken out of each axis of input 0, ascending.
  func following(_ node: Node, old: [Facts?], gone: [Int: [Int]]) -> SizeChange
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
extension SizeOf: SizeReading {}

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
    if case .ints(let wanted) = node.attributes["shape"] {
      var change = SizeChange()
      if let followed = SizeChange.followed(wanted, outputs, where: { $0 > 0 }) {
        change.attributes["shape"] = .ints(followed)
      }
      return change
    }
    return SizeChange(input: 1, old, outputs) { $0 > 0 }
  }
}

extension SizeChange {
  /// Of a constant input with the sizes of the output's last axes: those that are an axis's size, and are
  /// `written` as such, follow it.
  init(
    input: Int, _ old: [Facts?], _ outputs: [(old: [Dim]?, new: [Dim]?)], where written: (Int) -> Bool
  ) {
    guard let constant = old.optional(input)?.constant, let wanted = constant.integers,
      let followed = Self.followed(wanted, outputs, where: written)
    else { return }
    constants[input] = Tensor(followed.map { Int64($0) })
  }

  fileprivate static func followed(
    _ wanted: [Int], _ outputs: [(old: [Dim]?, new: [Dim]?)], where written: (Int) -> Bool
  ) -> [Int]? {
    guard let (before, after) = outputs.first, let before, let after, before.count == after.count,
      wanted.count <= before.count
    else { return nil }
    let shift = before.count - wanted.count
    let followed = wanted.indices.map { index in
      let isOld = written(wanted[index]) && before[index + shift].value == wanted[index]
      return isOld ? after[index + shift].value ?? wanted[index] : wanted[index]
    }
    return followed == wanted ? nil : followed
  }
}

extension Expand: SizeFollowing {
  public func following(
    _ node: Node, old: [Facts?], new: [Facts?], outputs: [(old: [Dim]?, new: [Dim]?)]
  ) -> SizeChange {
    SizeChange(input: 1, old, outputs) { $0 > 1 }
  }
}

extension Resize: SizeFollowing {
  /// Sizes that are given for all axes, and are those of axes that stay as they are.
  public func following(
    _ node: Node, old: [Facts?], new: [Facts?], outputs: [(old: [Dim]?, new: [Dim]?)]
  ) -> SizeChange {
    guard axes == nil, let sizes = inputs.sizes else { return SizeChange() }
    return SizeChange(input: sizes, old, outputs) { $0 > 0 }
  }
}

extension Split: SizeFollowing {
  /// The parts' sizes are those that the outputs have.
  public func following(
    _ node: Node, old: [Facts?], new: [Facts?], outputs: [(old: [Dim]?, new: [Dim]?)]
  ) -> SizeChange {
    var change = SizeChange()
    guard let rank = old.optional(0)?.rank, let axis = try? axis.axis(ofRank: rank) else { return change }
    let parts = outputs.compactMap { output in
      output.new.flatMap { axis < $0.count ? $0[axis].value : nil }
    }
    guard parts.count == outputs.count else { return change }
    switch sizes {
    case .attribute(let list): if list != parts { change.attributes["split"] = .ints(parts) }
    case .input:
      if let constant = old.optional(1)?.constant, constant.integers != parts {
        change.constants[1] = Tensor(parts.map { Int64($0) })
      }
    case .equal, .atMost: break
    }
    return change
  }
}

extension Slice: PositionFollowing {
  /// A bound moves by the number of positions before it that are gone.
  public func following(_ node: Node, old: [Facts?], gone: [Int: [Int]]) -> SizeChange {
    var change = SizeChange()
    guard let dims = old.optional(0)?.dims, let wishes = (try? given(old)) ?? nil,
      let parts = (try? parts(old)) ?? nil
    else { return change }
    var starts = wishes.map { $0.start.value ?? 0 }
    var ends = wishes.map { $0.end.value ?? 0 }
    for (index, wish) in wishes.enumerated() {
      guard let axis = try? wish.axis.axis(ofRank: dims.count), let gone = gone[axis],
        case .some(let range) = parts[axis]
      else { continue }
      let end = range.start + range.count
      starts[index] = range.start - gone.count { $0 < range.start }
      ends[index] = end - gone.count { $0 < end }
    }
    switch bounds {
    case .attributes(let oldStarts, let oldEnds, _):
      if oldStarts == starts && oldEnds == ends { break }
      change.attributes["starts"] = .ints(starts)
      change.attributes["ends"] = .ints(ends)
    case .inputs:
      for (input, numbers) in [(1, starts), (2, ends)] {
        guard let constant = old.optional(input)?.constant, constant.integers != numbers else { continue }
        change.constants[input] = Tensor(wrapping: numbers, as: constant.dtype, shape: constant.shape)
      }
    }
    return change
  }
}
