extension Recipe {
  /// The pattern that stands for a layer's name. Where the name has a star itself, a `?` is as near as patterns come.
  public static func pattern(for name: String) -> String { name.replacing("*", with: "?") }
}

/// A pattern for names: `*` stands for any number of characters, `?` for one.
struct Glob {
  private let pattern: [Character]
  /// The pattern where it stands for itself only, which is told much faster.
  private let plain: String?

  init(_ pattern: String) {
    self.pattern = Array(pattern)
    plain = pattern.contains { $0 == "*" || $0 == "?" } ? nil : pattern
  }

  /// - Complexity: linear in the product of the lengths at worst.
  func matches(_ name: String) -> Bool {
    if let plain { return name == plain }
    let name = Array(name)
    var (p, n) = (0, 0)
    // Where to go on when what follows the last `*` does not fit.
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let last = star {
        p = last.pattern + 1
        n = last.name + 1
        star = (last.pattern, n)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
