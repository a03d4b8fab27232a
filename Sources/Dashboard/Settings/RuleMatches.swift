/// For each layer the last of some rules that matches its name.
package struct RuleMatches: Hashable, Sendable {
  /// Indices of rules, a layer each; nil where none matches.
  package let rules: [Int?]

  /// - Parameter patterns: those of each rule: `*` stands for any characters, `?` for one.
  package init(_ patterns: [[String]], names: [String]) {
    rules = names.map { name in
      patterns.lastIndex { $0.contains { Self.matches(Array($0)[...], Array(name)[...]) } }
    }
  }

  private static func matches(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    if first == "*" {
      let rest = pattern.drop { $0 == "*" }
      return rest.isEmpty || name.indices.contains { matches(rest, name[$0...]) }
    }
    guard let character = name.first, first == "?" || first == character else { return false }
    return matches(pattern.dropFirst(), name.dropFirst())
  }
}
