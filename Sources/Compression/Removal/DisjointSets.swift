/// Numbers `0..<count` in sets that can be joined (Tarjan 1975). The root of a set is its lowest number.
struct DisjointSets {
  private var parents: [Int32]

  init(count: Int) { parents = (0..<Int32(count)).map { $0 } }

  /// - Complexity: near constant, as paths are halved.
  mutating func root(of number: Int) -> Int {
    var at = Int32(number)
    while parents[Int(at)] != at {
      parents[Int(at)] = parents[Int(parents[Int(at)])]
      at = parents[Int(at)]
    }
    return Int(at)
  }

  mutating func join(_ one: Int, _ other: Int) {
    let (a, b) = (root(of: one), root(of: other))
    if a != b { parents[max(a, b)] = Int32(min(a, b)) }
  }
}
