import Graph

/// Which positions on the axes of a graph's values go together, and which cannot go at all.
struct ChannelTies {
  let numbers: AxisNumbers
  private var sets: DisjointSets
  /// What stands in the way of some set.
  private let obstacles: [String]
  /// By the root of the set, where in `obstacles` its own is; -1 for none.
  private var obstacleOf: [Int32]

  init(_ typed: TypedGraph) {
    numbers = AxisNumbers(typed)
    sets = DisjointSets(count: numbers.count)
    obstacleOf = Array(repeating: -1, count: numbers.count)
    var barred: [(range: Range<Int>, reason: String)] = []
    for (what, values) in [("input", typed.graph.inputs), ("output", typed.graph.outputs)] {
      for value in values {
        for range in numbers.axes(of: value.name) {
          if let range { barred.append((range, "its channels reach the model's \(what) '\(value.name)'")) }
        }
      }
    }
    for index in typed.graph.nodes.indices { barred += Self.join(node: index, of: typed, numbers, &sets) }
    obstacles = barred.map(\.reason)
    // The first of several reasons counts, so that a range is gone through once, however many nodes read the value.
    var seen: Set<Range<Int>> = []
    for (index, range) in barred.map(\.range).enumerated() where seen.insert(range).inserted {
      for number in range {
        let root = sets.root(of: number)
        if obstacleOf[root] < 0 { obstacleOf[root] = Int32(index) }
      }
    }
  }

  mutating func root(of number: Int) -> Int { sets.root(of: number) }

  /// The root of each position on an axis; empty where its size is not known.
  mutating func roots(_ value: String, axis: Int) -> [Int] {
    (numbers.range(value, axis) ?? 0..<0).map { sets.root(of: $0) }
  }

  /// Why the positions of a set cannot be taken out: "its channels reach …".
  func obstacle(ofRoot root: Int) -> String? {
    obstacleOf[root] < 0 ? nil : obstacles[Int(obstacleOf[root])]
  }

  /// Joins what a node's links tie, and returns what cannot be shortened because of it.
  private static func join(
    node index: Int, of typed: TypedGraph, _ numbers: AxisNumbers, _ sets: inout DisjointSets
  ) -> [(range: Range<Int>, reason: String)] {
    let node = typed.graph.nodes[index]
    let sides =
      node.inputs.enumerated().map { (AxisLink.Side.input($0), $1) }
      + node.outputs.enumerated().map { (AxisLink.Side.output($0), $1) }
    let values = Dictionary(uniqueKeysWithValues: sides.filter { !$0.1.isEmpty })
    func bar(
      _ reason: String, unless isFree: (AxisLink.Axis) -> Bool = { _ in false }
    ) -> [(Range<Int>, String)] {
      values.flatMap { side, value in
        numbers.axes(of: value).enumerated().compactMap { axis, range in
          range.flatMap { isFree(AxisLink.Axis(side, axis)) ? nil : ($0, reason) }
        }
      }
    }
    guard let op = typed.operators[index] else {
      return bar("its channels reach node '\(node.label)', whose operator \(node.type) is unknown")
    }
    if op is any SizeReading { return [] }
    var linked: Set<AxisLink.Axis> = []
    var unsized: Set<AxisLink.Axis> = []
    var tied: Set<[Int]> = []
    for link in op.links(typed.inputs(of: index), typed.outputs(of: index)) {
      linked.insert(link.from)
      linked.insert(link.to)
      guard let from = values[link.from.side], let to = values[link.to.side] else { continue }
      guard let source = numbers.range(from, link.from.axis), let target = numbers.range(to, link.to.axis)
      else {
        unsized.formUnion([link.from, link.to])
        continue
      }
      // A node may read a value as often as a file likes.
      let tie = [source.lowerBound, target.lowerBound, link.offset, link.block]
      guard tied.insert(tie).inserted else { continue }
      for (position, number) in source.enumerated() {
        let start = link.offset + position * link.block
        for place in (start..<start + link.block).clamped(to: 0..<target.count) {
          sets.join(number, target.lowerBound + place)
        }
      }
    }
    let kind = "its channels reach \(node.type) node '\(node.label)'"
    return bar("\(kind), which mixes them and needs all of them") { linked.contains($0) }
      + bar("\(kind), where a size is not known") { !unsized.contains($0) }
  }
}
