/// An equation such as `bij,bjk->bik`, read: which axis of each operand is which letter.
public struct EinsumEquation: Hashable, Sendable {
  /// One axis of a term: a letter, or the axes that an ellipsis stands for.
  public enum Axis: Hashable, Sendable {
    case letter(Character)
    case ellipsis
  }

  /// What an axis is called once ranks are known; axes of ellipses are counted from the right.
  public enum Label: Hashable, Sendable {
    case letter(Character)
    case ellipsis(fromRight: Int)
  }

  /// By operand.
  public let terms: [[Axis]]
  public let output: [Axis]

  /// - Throws: `Mismatch` where it is not well formed.
  public init(_ text: String) throws(Mismatch) {
    let sides = text.filter { $0 != " " }.split(separator: ">", omittingEmptySubsequences: false)
    guard let first = sides.first, sides.count <= 2, sides.count == 1 || first.last == "-" else {
      throw Mismatch("'\(text)' is no equation")
    }
    let left = sides.count == 2 ? first.dropLast() : first
    var terms: [[Axis]] = []
    for term in left.split(separator: ",", omittingEmptySubsequences: false) {
      terms.append(try Self.axes(of: term, in: text))
    }
    self.terms = terms
    let given = terms.joined()
    if sides.count == 2 {
      output = try Self.axes(of: sides[1], in: text)
      for (index, axis) in output.enumerated() where !given.contains(axis) || output[..<index].contains(axis)
      {
        throw Mismatch("the output of '\(text)' has an axis twice or one that no input has")
      }
    } else {
      // The letters that come once, in alphabetical order.
      let letters = given.filter { axis in axis != .ellipsis && given.count { $0 == axis } == 1 }
      output = (given.contains(.ellipsis) ? [.ellipsis] : []) + letters.sorted { $0.character < $1.character }
    }
  }

  private static func axes(of term: Substring, in text: String) throws(Mismatch) -> [Axis] {
    var axes: [Axis] = []
    var rest = term
    while let character = rest.first {
      if rest.hasPrefix("...") && !axes.contains(.ellipsis) {
        axes.append(.ellipsis)
        rest = rest.dropFirst(3)
      } else if character.isASCII && character.isLetter {
        axes.append(.letter(character))
        rest = rest.dropFirst()
      } else {
        throw Mismatch("'\(text)' is no equation: '\(character)' stands for no axis")
      }
    }
    return axes
  }

  /// The label of each axis of a term.
  ///
  /// - Throws: `Mismatch` where the term is not for `rank` axes.
  func labels(_ term: [Axis], rank: Int) throws(Mismatch) -> [Label] {
    let hidden = rank - term.count { $0 != .ellipsis }
    guard hidden == 0 || hidden > 0 && term.contains(.ellipsis) else {
      throw Mismatch("a term for \(rank - hidden) axes does not fit an operand of rank \(rank)")
    }
    return term.flatMap { axis -> [Label] in
      switch axis {
      case .letter(let letter): [.letter(letter)]
      case .ellipsis: (0..<hidden).reversed().map { .ellipsis(fromRight: $0) }
      }
    }
  }
}

extension EinsumEquation.Axis {
  fileprivate var character: Character { if case .letter(let letter) = self { letter } else { "." } }
}
