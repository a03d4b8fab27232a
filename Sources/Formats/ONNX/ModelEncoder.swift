import Graph
import Tensor

/// Turns a graph into the messages of onnx.proto, one method a message; field numbers are that file's.
struct ModelEncoder {
  let path: String
  /// Where tensors go that are not to lie in the model's own file.
  var outside = OutsideLayout()

  /// ModelProto.
  func model(_ graph: Graph) throws(FormatError) -> WireWriter {
    var model = WireWriter()
    model.int(1, IRVersion.of(opset: graph.opsets[""] ?? 1, types: graph.constants.values.lazy.map(\.dtype)))
    model.text(2, "pare")
    let graph = graph.statingOutputs
    for value in graph.inputs + graph.outputs where value.dtype == nil {
      throw FormatError(path, "cannot be written: '\(value.name)' is of a type that Pare does not know")
    }
    model.message(7, try self.graph(graph))
    for (domain, version) in graph.opsets.sorted(by: { $0.key < $1.key }) {
      var set = WireWriter()
      set.text(1, domain)
      set.int(2, version)
      model.message(8, set)
    }
    var metadata = graph.metadata
    for (name, bits) in graph.widths { metadata[WidthMetadata.prefix + name] = String(bits) }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      var entry = WireWriter()
      entry.text(1, key)
      entry.text(2, value)
      model.message(14, entry)
    }
    return model
  }

  /// GraphProto.
  private func graph(_ graph: Graph) throws(FormatError) -> WireWriter {
    var message = WireWriter()
    for node in graph.nodes { message.message(1, try self.node(node)) }
    message.text(2, graph.name.isEmpty ? "graph" : graph.name)
    for name in graph.constantsInOrderOfUse {
      if let tensor = graph.constants[name] { message.message(5, initializer(tensor, name: name)) }
    }
    for input in graph.inputs { message.message(11, valueInfo(input)) }
    for output in graph.outputs { message.message(12, valueInfo(output)) }
    return message
  }

  /// TensorProto with its bytes here or elsewhere.
  private func initializer(_ tensor: Tensor, name: String) -> WireWriter {
    guard let offset = outside.offsets[name] else { return self.tensor(tensor, name: name) }
    var message = WireWriter()
    if tensor.shape.rank > 0 { message.packedInts(1, tensor.shape.dims) }
    message.int(2, tensor.dtype.rawValue)
    message.text(8, name)
    let place = [
      ("location", outside.location), ("offset", "\(offset)"), ("length", "\(tensor.byteCount)"),
    ]
    for (key, value) in place {
      var entry = WireWriter()
      entry.text(1, key)
      entry.text(2, value)
      message.message(13, entry)
    }
    message.int(14, 1)
    return message
  }

  /// TensorProto.
  func tensor(_ tensor: Tensor, name: String) -> WireWriter {
    var message = WireWriter()
    if tensor.shape.rank > 0 { message.packedInts(1, tensor.shape.dims) }
    message.int(2, tensor.dtype.rawValue)
    if !name.isEmpty { message.text(8, name) }
    message.payload(9, tensor)
    return message
  }

  /// ValueInfoProto: a value of neither type nor shape is only named.
  private func valueInfo(_ info: ValueInfo) -> WireWriter {
    var message = WireWriter()
    message.text(1, info.name)
    guard info.dtype != nil || info.dims != nil else { return message }
    var tensor = WireWriter()
    if let dtype = info.dtype { tensor.int(1, dtype.rawValue) }
    if let dims = info.dims {
      var shape = WireWriter()
      for dim in dims { shape.message(1, self.dim(dim)) }
      tensor.message(2, shape)
    }
    var type = WireWriter()
    type.message(1, tensor)
    message.message(2, type)
    return message
  }

  private func dim(_ dim: Dim) -> WireWriter {
    var message = WireWriter()
    if let size = dim.value {
      message.int(1, size)
    } else if dim != .unknown {
      message.text(2, dim.description)
    }
    return message
  }

  /// NodeProto.
  private func node(_ node: Node) throws(FormatError) -> WireWriter {
    var message = WireWriter()
    for input in node.ownInputs { message.text(1, input) }
    for output in node.outputs { message.text(2, output) }
    if !node.name.isEmpty { message.text(3, node.name) }
    message.text(4, node.type.name)
    for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
      message.message(5, try attribute(name, value, of: node))
    }
    if !node.type.domain.isEmpty { message.text(7, node.type.domain) }
    return message
  }

  /// AttributeProto.
  private func attribute(_ name: String, _ value: Attribute, of node: Node) throws(FormatError) -> WireWriter
  {
    var message = WireWriter()
    message.text(1, name)
    let kind: AttributeKind
    switch value {
    case .float(let value):
      message.float(2, value)
      kind = .float
    case .int(let value):
      message.int(3, value)
      kind = .int
    case .string(let value):
      message.text(4, value)
      kind = .string
    case .tensor(let value):
      message.message(5, tensor(value, name: ""))
      kind = .tensor
    case .graph(let value):
      let names = node.captured.filter { $0 != $1 }
      message.message(6, try graph(value.reading(Dictionary(names) { first, _ in first })))
      kind = .graph
    case .floats(let values):
      if !values.isEmpty { message.packedFloats(7, values) }
      kind = .floats
    case .ints(let values):
      if !values.isEmpty { message.packedInts(8, values) }
      kind = .ints
    case .strings(let values):
      for value in values { message.text(9, value) }
      kind = .strings
    case .reference(let other):
      throw FormatError(
        path,
        "cannot be written: attribute '\(name)' of \(node.type) node '\(node.label)' is '\(other)' of a function"
      )
    case .unsupported(let what):
      throw FormatError(
        path, "cannot be written: attribute '\(name)' of \(node.type) node '\(node.label)' is \(what)")
    }
    message.int(20, kind.rawValue)
    return message
  }
}

extension Graph {
  /// Names of the constants: those that nodes read in the order of first use, then the others by name.
  var constantsInOrderOfUse: [String] {
    var seen: Set<String> = []
    var names: [String] = []
    for name in nodes.lazy.flatMap(\.inputs) where constants[name] != nil && seen.insert(name).inserted {
      names.append(name)
    }
    return names + constants.keys.filter { !seen.contains($0) }.sorted()
  }

  /// With type and shape of outputs inferred where the graph does not say them, because onnx.checker wants
  /// them; left as they are where they cannot be inferred.
  fileprivate var statingOutputs: Graph {
    guard outputs.contains(where: { $0.dtype == nil || $0.dims == nil }),
      let typed = try? typed(lenient: true)
    else { return self }
    var graph = self
    for (index, output) in outputs.enumerated() {
      let facts = typed.facts[output.name]
      graph.outputs[index].dtype = output.dtype ?? facts?.dtype
      graph.outputs[index].dims = output.dims ?? facts?.dims
    }
    return graph
  }
}
