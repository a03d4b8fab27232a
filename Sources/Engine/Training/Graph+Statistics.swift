import Graph
import Tensor

extension Graph {
  /// Gives running statistics constants of their own where they share one that learns, as exporters write two of the
  /// same elements.
  mutating func separateStatistics(from learning: [String]) {
    let learning = Set(learning)
    for index in nodes.indices where nodes[index].type == BatchNormalization.type {
      for (place, name) in nodes[index].inputs.enumerated().dropFirst(3) where learning.contains(name) {
        var names = UniqueNames(self)
        let own = names.make(name)
        constants[own] = constants[name]
        nodes[index].inputs[place] = own
      }
    }
  }

  /// Puts a node's statistics in place of those that it read: under their name where nothing else reads that, or else
  /// under a new one.
  mutating func put(_ state: Tape.State, of node: Node) {
    guard let index = nodes.firstIndex(where: { $0.outputs == node.outputs }) else { return }
    let name = nodes[index].inputs[state.input]
    let readers = nodes.reduce(0) { sum, node in sum + node.inputs.count { $0 == name } }
    if constants[name] != nil && readers == 1 && !outputs.contains(where: { $0.name == name }) {
      constants[name] = state.variable.copied
      return
    }
    var names = UniqueNames(self)
    let own = names.make(name)
    constants[own] = state.variable.copied
    nodes[index].inputs[state.input] = own
  }
}
