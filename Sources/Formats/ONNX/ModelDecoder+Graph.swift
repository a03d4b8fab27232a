import Graph
import Tensor

extension ModelDecoder {
  /// Graphs within graphs, deeper than any real model has them: the file is out to overflow our stack.
  static let maximumDepth = 32
  /// Loops within Loops: what flows through one is inferred up to four times, and so in each within it.
  static let mostLoops = Loop.mostNested

  /// GraphProto. Nodes stay in the order of the file, because a graph inside an attribute reads values of the
  /// graphs around it.
  func graph(_ range: Range<Int>) throws(FormatError) -> Graph {
    guard depth < Self.maximumDepth else {
      throw fail("holds graphs nested deeper than \(Self.maximumDepth)")
    }
    var inner = self
    inner.depth += 1
    var graph = Graph(opsets: opsets)
    var inputs: [ValueInfo] = []
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1:
        let node = try inner.node(bytes(field))
        if try !hoistConstant(node, into: &graph) { graph.nodes.append(node) }
      case 2: graph.name = try text(field)
      case 5:
        let message = try tensor(bytes(field))
        try define(message.name, as: try message.value(in: self), in: &graph)
      case 11: inputs.append(try valueInfo(bytes(field), isInput: true))
      case 12: graph.outputs.append(try valueInfo(bytes(field), isInput: false))
      case 15:
        let (name, tensor) = try sparseTensor(bytes(field))
        try define(name, as: tensor, in: &graph)
      default: break
      }
    }
    graph.inputs = inputs.filter { graph.constants[$0.name] == nil }
    return graph
  }

  func define(_ name: String, as tensor: Tensor, in graph: inout Graph) throws(FormatError) {
    if name.isEmpty { throw fail("holds an initializer without a name") }
    if graph.constants.updateValue(tensor, forKey: name) != nil {
      throw fail("defines tensor '\(name)' twice")
    }
  }

  /// Moves the value of a Constant node to the constants; false for other nodes, and for Constants of strings.
  func hoistConstant(_ node: Node, into graph: inout Graph) throws(FormatError) -> Bool {
    guard node.type == "Constant", let output = node.outputs.first, node.attributes.count == 1,
      let (name, attribute) = node.attributes.first
    else { return false }
    let tensor: Tensor
    switch (name, attribute) {
    case ("value", .tensor(let value)): tensor = value
    case ("value_float", .float(let value)): tensor = Tensor(scalar: value)
    case ("value_int", .int(let value)): tensor = Tensor(scalar: Int64(value))
    case ("value_floats", .floats(let values)): tensor = Tensor(values)
    case ("value_ints", .ints(let values)): tensor = Tensor(values.map { Int64($0) })
    default: return false
    }
    try define(output, as: tensor, in: &graph)
    return true
  }

  /// ValueInfoProto.
  private func valueInfo(_ range: Range<Int>, isInput: Bool) throws(FormatError) -> ValueInfo {
    var info = ValueInfo(name: "", dtype: nil, dims: nil)
    var type: Range<Int>?
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1: info.name = try text(field)
      case 2: type = try bytes(field)
      default: break
      }
    }
    if let type { try readType(type, into: &info) }
    if isInput, let dims = info.dims {
      info.dims = dims.enumerated().map { $1 == .unknown ? .symbol("\(info.name).\($0)") : $1 }
    }
    return info
  }

  /// TypeProto; sequences, maps and the like leave the value without type and shape.
  private func readType(_ range: Range<Int>, into info: inout ValueInfo) throws(FormatError) {
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      guard field.number == 1 else { continue }
      var tensor = WireReader(storage, try bytes(field))
      while let field = try next(&tensor) {
        switch field.number {
        case 1: info.dtype = DType(rawValue: try int(field))
        case 2: info.dims = try dims(bytes(field))
        default: break
        }
      }
    }
  }

  /// TensorShapeProto.
  private func dims(_ range: Range<Int>) throws(FormatError) -> [Dim] {
    var dims: [Dim] = []
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      if field.number == 1 { dims.append(try dim(bytes(field))) }
    }
    return dims
  }

  /// A size or a name; 0 and negative sizes are what some exporters write for "any".
  private func dim(_ range: Range<Int>) throws(FormatError) -> Dim {
    var dim = Dim.unknown
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1:
        let size = try int(field)
        dim = size > 0 ? Dim(size) : .unknown
      case 2:
        let name = try text(field)
        dim = name.isEmpty ? .unknown : .symbol(name)
      default: break
      }
    }
    return dim
  }
}
