import Graph
import Tensor

/// Sizes that a node is told by a Concat of parts, some computed and some written down: `[batch, length, 4, 24]` in
/// front of the Reshape that splits an attention's heads.
struct ComputedSizes {
  /// The node that puts them together, by its index.
  let node: Int
  /// Of its inputs that are constants.
  let change: SizeChange

  /// What has to change where `reader` gives a value other sizes; nil where nothing has.
  ///
  /// - Parameters:
  ///   - input: the one of `reader` that has the sizes of its output's last axes.
  ///   - makers: the nodes that make values, by the values' names.
  ///   - old: the output's sizes before.
  ///   - new: the output's sizes after.
  init?(
    input: Int, of reader: Node, in typed: TypedGraph, makers: [String: Int], old: [Dim], new: [Dim]
  ) {
    guard let sizes = reader.input(input), let index = makers[sizes], typed.operators[index] is Concat,
      let rank = typed.facts[sizes]?.dims?.first?.value, rank <= old.count, old.count == new.count
    else { return nil }
    let parts = typed.graph.nodes[index]
    var change = SizeChange()
    var axis = old.count - rank
    for (part, name) in parts.inputs.enumerated() {
      guard let count = typed.facts[name]?.dims?.first?.value else { return nil }
      defer { axis += count }
      guard let written = typed.graph.constants[name]?.integers else { continue }
      let followed = written.indices.map { position in
        // 0 and -1 are no sizes.
        let isSize = written[position] > 0 && old[axis + position].value == written[position]
        return isSize ? new[axis + position].value ?? written[position] : written[position]
      }
      if followed != written { change.constants[part] = Tensor(followed.map { Int64($0) }) }
    }
    if change.isEmpty { return nil }
    node = index
    self.change = change
  }
}
