import Graph

/// Counting what a graph costs, from the graph as it is.
public enum Cost {
  /// - Throws: `GraphError` where an operator is used wrongly.
  public static func count(_ graph: Graph) throws(GraphError) -> CostReport { count(try Model(graph)) }

  public static func count(_ model: Model) -> CostReport { sheet(model).report }

  /// The report's parts.
  ///
  /// - Complexity: linear in the elements of the constants.
  static func sheet(_ model: Model) -> CostSheet {
    let typed = model.typed
    let roles = ConstantRoles(typed, layers: model.layers)
    var sheet = CostSheet()
    sheet.samples = model.fixedBatch ?? 1
    for name in typed.graph.constants.keys { sheet.constants[name] = roles.tally(name, in: typed) }
    sheet.macs = typed.macs(typed.facts)
    sheet.peak = PeakMemory(typed).bytes(typed.facts)
    let producers = typed.producers
    sheet.layers = model.layers.map { layer in
      CostSheet.LayerEntry(
        name: layer.name, node: layer.node, weight: layer.weight, bias: layer.bias,
        scaleBytes: roles.scalesOfWeight[layer.weight, default: []].reduce(0) {
          $0 + (sheet.constants[$1]?.bytes ?? 0)
        },
        weightBits: layer.slot.packing?.bits ?? typed.graph.width(of: layer.weight) ?? 32,
        activationBits: typed.activationBits(of: layer, producers: producers) ?? 32)
    }
    return sheet
  }
}

extension TypedGraph {
  /// Multiply-accumulates of each node, nil where a size is not known.
  func macs(_ facts: [String: Facts]) -> [Int?] {
    graph.nodes.indices.map { macs(of: $0, facts) }
  }

  func macs(of index: Int, _ facts: [String: Facts]) -> Int? {
    let node = graph.nodes[index]
    return operators[index]?.macs(
      node.inputs.map { $0.isEmpty ? nil : facts[$0] ?? .unknown },
      node.outputs.map { facts[$0] ?? .unknown }
    ).value
  }

  /// Bits to which a layer's input is rounded on its way, nil where it is not.
  func activationBits(of layer: Layer, producers: [String: Int]) -> Int? {
    var value = layer.data(in: graph)
    while let name = value, let index = producers[name], let op = operators[index] {
      let node = graph.nodes[index]
      if op is DequantizeLinear, node.input(0).map({ graph.constants[$0] == nil }) == true {
        return (node.input(2) ?? node.input(0)).flatMap { graph.width(of: $0) } ?? 8
      }
      guard op.selects else { return nil }
      value = node.input(0)
    }
    return nil
  }
}
