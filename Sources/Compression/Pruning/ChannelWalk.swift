import Graph
import Tensor

/// Finds all that goes with channels when they are taken out of a layer, by the links that operators state
/// between their axes.
struct ChannelWalk {
  private let typed: TypedGraph
  private let producers: [String: Int]
  private let consumers: [String: [Int]]
  private let inputs: Set<String>
  private let outputs: Set<String>

  init(_ typed: TypedGraph) {
    self.typed = typed
    producers = typed.graph.producers
    consumers = typed.graph.consumers
    inputs = Set(typed.graph.inputs.map(\.name))
    outputs = Set(typed.graph.outputs.map(\.name))
  }

  /// What has to be cut where `positions` of a layer's output axis are taken out, by value.
  ///
  /// - Throws: `CompressionError.layer` where the channels reach an input or output of the model or an axis that
  ///   cannot be shortened, or are tied to those that another layer makes.
  func cuts(removing positions: [Int], of layer: Layer, in layers: [Layer]) throws(CompressionError)
    -> [String: Cuts]
  {
    var found: [String: Cuts] = [:]
    var pending = [(value: layer.weight, axis: layer.slot.outputAxis, positions: positions)]
    while let (value, axis, positions) = pending.popLast() {
      let known = Set(found[value]?.positions[axis] ?? [])
      let new = positions.filter { !known.contains($0) }
      if new.isEmpty { continue }
      if inputs.contains(value) { throw refuse(layer, "its channels reach the model's input '\(value)'") }
      if outputs.contains(value) { throw refuse(layer, "its channels reach the model's output '\(value)'") }
      found[value, default: Cuts()].add(new, along: axis)
      let all = found[value]?.positions[axis] ?? []
      if let index = producers[value] {
        for (output, name) in typed.graph.nodes[index].outputs.enumerated() where name == value {
          let from = AxisLink.Axis(.output(output), axis)
          pending += try step(from, new, all: all, node: index, layer: layer)
        }
      }
      // A node that reads the value twice stands twice in the list.
      for index in Set(consumers[value] ?? []).sorted() {
        for (input, name) in typed.graph.nodes[index].inputs.enumerated() where name == value {
          let from = AxisLink.Axis(.input(input), axis)
          pending += try step(from, new, all: all, node: index, layer: layer)
        }
      }
    }
    try checkTies(found, of: layer, in: layers)
    return found
  }

  /// What goes on the other ends of a node's links when `new` positions of `from` go.
  private func step(_ from: AxisLink.Axis, _ new: [Int], all: [Int], node index: Int, layer: Layer)
    throws(CompressionError) -> [(value: String, axis: Int, positions: [Int])]
  {
    let node = typed.graph.nodes[index]
    guard let op = typed.operators[index] else {
      throw refuse(layer, "its channels reach node '\(node.label)', whose operator \(node.type) is unknown")
    }
    if op is any SizeReading { return [] }
    var next: [(value: String, axis: Int, positions: [Int])] = []
    var linked = false
    for link in op.links(typed.inputs(of: index), typed.outputs(of: index)) {
      if link.from == from {
        linked = true
        guard let value = name(link.to.side, of: node) else { continue }
        next.append(
          (
            value, link.to.axis,
            new.flatMap { link.offset + $0 * link.block..<link.offset + ($0 + 1) * link.block }
          ))
      } else if link.to == from {
        linked = true
        guard let value = name(link.from.side, of: node) else { continue }
        let size = typed.facts[value]?.dims?[link.from.axis].value ?? .max
        let blocks = Set(new.lazy.filter { $0 >= link.offset }.map { ($0 - link.offset) / link.block })
          .filter { $0 < size }
        let gone = Set(all)
        for block in blocks {
          let start = link.offset + block * link.block
          guard (start..<start + link.block).allSatisfy(gone.contains) else {
            throw refuse(layer, "\(node.type) node '\(node.label)' ties parts of channels together")
          }
        }
        next.append((value, link.from.axis, blocks.sorted()))
      }
    }
    if !linked {
      throw refuse(
        layer, "its channels reach \(node.type) node '\(node.label)', which needs all of them")
    }
    return next
  }

  private func name(_ side: AxisLink.Side, of node: Node) -> String? {
    switch side {
    case .input(let index): node.input(index)
    case .output(let index):
      node.outputs.indices.contains(index) && !node.outputs[index].isEmpty ? node.outputs[index] : nil
    }
  }

  /// Another layer whose output channels go makes them itself, as where two meet in a sum; unless it hands on
  /// those of its input, as a depthwise layer does.
  private func checkTies(_ found: [String: Cuts], of layer: Layer, in layers: [Layer])
    throws(CompressionError)
  {
    for other in layers where other.weight != layer.weight {
      if found[other.weight]?.positions[other.slot.outputAxis] != nil && !handsOn(other.node) {
        throw refuse(layer, "its channels are tied to those of layer '\(other.name)'")
      }
    }
    if handsOn(layer.node), let data = typed.graph.nodes[layer.node].input(layer.slot.data),
      found[data] != nil
    {
      throw refuse(layer, "its channels are those of its input '\(data)'")
    }
  }

  /// Whether a layer's output channels are those of its input, by the links of its operator.
  private func handsOn(_ index: Int) -> Bool {
    let inputs = typed.inputs(of: index)
    guard let op = typed.operators[index], let slot = op.weightSlot(inputs) else { return false }
    let links = op.links(inputs, typed.outputs(of: index))
    let weight = AxisLink.Axis(.input(slot.weight), slot.outputAxis)
    let outputs = links.filter { $0.from == weight }.map(\.to)
    return links.contains { $0.from.side == .input(slot.data) && outputs.contains($0.to) }
  }

  private func refuse(_ layer: Layer, _ reason: String) -> CompressionError {
    .layer(layer.name, reason: "channels cannot be removed: \(reason)")
  }
}
