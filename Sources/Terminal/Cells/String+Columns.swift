/// Where a text stands in a field that is wider than it.
public enum Alignment: Hashable, Sendable {
  case leading
  case center
  case trailing
}

extension StringProtocol {
  /// How many columns the text takes on the screen.
  public var columns: Int {
    unicodeScalars.reduce(0) { $0 + $1.columns }
  }

  /// The text at exactly `width` columns: filled with spaces when it is shorter, cut and ended with
  /// `ellipsis` when it is longer.
  public func fitted(to width: Int, _ alignment: Alignment = .leading, ellipsis: Character = "…") -> String {
    guard width > 0 else { return "" }
    let own = columns
    guard own > width else {
      let space = width - own
      let before =
        switch alignment {
        case .leading: 0
        case .center: space / 2
        case .trailing: space
        }
      return String(repeating: " ", count: before) + self + String(repeating: " ", count: space - before)
    }
    var text = ""
    var used = 0
    for character in self {
      let columns = String(character).columns
      guard used + columns < width else { break }
      text.append(character)
      used += columns
    }
    text.append(ellipsis)
    // A wide character that did not fit leaves a column over.
    return text + String(repeating: " ", count: width - used - 1)
  }
}
