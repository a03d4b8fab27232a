import Compression
import Formats
import Graph
import Workbench

extension Command {
  static let inspect = Command(
    name: "inspect", summary: "What a model consists of and costs",
    grammar: Grammar(path: "PATH", options: [.size, .json]),
    notes: [
      "`macs` are multiply-accumulates for one sample; `?` (null in JSON) where a size is not known.",
      "`coupled` in JSON names what loses the same channels where a layer's are removed.",
    ]
  ) { arguments in
    let model = try Project(arguments.path, options: DataOptions(sizes: try arguments.sizes())).model
    let cost = Cost.count(model)
    try Output.print(arguments.has("--json") ? json(model, cost).description : text(model, cost))
  }

  private static func json(_ model: Model, _ cost: CostReport) -> JSON {
    let compressor = Compressor(model)
    let layers = model.layers.enumerated().map { index, layer in
      let coupling = compressor.coupling(ofLayer: index)
      let coupled = coupling.obstacle == nil ? coupling.layers + coupling.nodes : []
      return JSON.object([
        ("name", .text(layer.name)), ("weight", .text(layer.weight)),
        ("operator", .text(layer.type.description)),
        ("weight_shape", .array(layer.shape.dims.map { .integer($0) })),
        ("parameters", .integer(layer.parameters)), ("macs", .integer(layer.macs)),
        ("coupled", .array(coupled.map { .text($0) })),
      ])
    }
    return .object([
      ("parameters", .integer(cost.parameters)), ("size_bytes", .integer(cost.sizeBytes)),
      ("macs", cost.isComplete ? .integer(cost.macs) : .null),
      ("opset", .integer(model.graph.opsets[""])), ("layers", .array(layers)),
      ("unsupported", .array(model.unsupported.map { .text($0) })),
    ])
  }

  private static func text(_ model: Model, _ cost: CostReport) -> String {
    var rows = [["layer", "operator", "weight", "parameters", "MACs"]]
    for layer in model.layers {
      rows.append([
        layer.name, layer.type.description, layer.shape.description, Numbers.grouped(layer.parameters),
        Numbers.grouped(layer.macs),
      ])
    }
    let macs = cost.isComplete ? Numbers.grouped(cost.macs) : "at least " + Numbers.grouped(cost.macs)
    let facts = Table(
      rows: [
        ["parameters", Numbers.grouped(cost.parameters)], ["bytes", Numbers.grouped(cost.sizeBytes)],
        ["MACs", macs], ["opset", model.graph.opsets[""].map(String.init) ?? "?"],
      ], alignments: [.left, .right])
    var parts = [
      model.name, Table(rows: rows, alignments: [.left, .left, .left, .right, .right]).description,
      facts.description,
    ]
    if !model.unsupported.isEmpty {
      let names = model.unsupported.joined(separator: ", ")
      parts.append("Pare does not know these operators, so the model cannot be run: \(names)")
    }
    return parts.joined(separator: "\n\n")
  }
}
