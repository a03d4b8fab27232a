extension Graph {
  /// The same graph with other names for some of its values. A value that has such a name already gets a fresh one.
  public func renaming(_ names: [String: String]) -> Graph {
    var map = names.filter { $0.key != $0.value }
    if map.isEmpty { return self }
    let taken = Set(inputs.map(\.name)).union(constants.keys).union(nodes.flatMap(\.outputs))
    var unique = UniqueNames(self)
    for name in map.values.sorted() where taken.contains(name) && map[name] == nil {
      map[name] = unique.make(name)
    }
    func new(_ name: String) -> String { map[name] ?? name }
    var result = self
    for index in inputs.indices { result.inputs[index].name = new(inputs[index].name) }
    for index in outputs.indices { result.outputs[index].name = new(outputs[index].name) }
    for index in nodes.indices {
      result.nodes[index].inputs = nodes[index].inputs.map(new)
      result.nodes[index].outputs = nodes[index].outputs.map(new)
    }
    result.constants = Dictionary(uniqueKeysWithValues: constants.map { (new($0), $1) })
    result.widths = Dictionary(uniqueKeysWithValues: widths.map { (new($0), $1) })
    return result
  }
}
