import Graph

/// A function that a model defines for itself, as its FunctionProto says.
struct ModelFunction {
  var type: OperatorType
  var inputs: [String] = []
  var outputs: [String] = []
  var nodes: [Node] = []
  /// For each node, the attributes that are those of the call, by their name at the node.
  var references: [[String: String]] = []
  /// Attributes that a call may leave out.
  var defaults: [String: Attribute] = [:]
  var opsets: [String: Int] = [:]

  /// How many nodes it has, and names for them and their values, with those of graphs inside.
  var size: (nodes: Int, names: Int) { Self.size(of: nodes) }

  private static func size(of nodes: [Node]) -> (nodes: Int, names: Int) {
    var size = (nodes: nodes.count, names: 0)
    for node in nodes {
      size.names += 1 + node.inputs.count + node.outputs.count
      for case .graph(let graph) in node.attributes.values {
        let inner = Self.size(of: graph.nodes)
        size.nodes += inner.nodes
        size.names += inner.names + graph.constants.count + graph.inputs.count + graph.outputs.count
      }
    }
    return size
  }
}

extension ModelDecoder {
  /// FunctionProto.
  func function(_ range: Range<Int>) throws(FormatError) -> ModelFunction {
    var name = ""
    var domain = ""
    var function = ModelFunction(type: OperatorType(""))
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1: name = try text(field)
      case 4: function.inputs.append(try text(field))
      case 5: function.outputs.append(try text(field))
      case 7:
        let range = try bytes(field)
        function.nodes.append(try node(range))
        function.references.append(try references(range))
      case 9:
        let (domain, version) = try operatorSet(bytes(field))
        function.opsets[domain] = version
      case 10: domain = try text(field)
      case 11:
        let (key, value) = try attribute(bytes(field), of: name)
        function.defaults[key] = value
      default: break
      }
    }
    function.type = OperatorType(name, domain: domain)
    return function
  }

  /// The attributes of a NodeProto that stand for one of the function around it, by their names.
  private func references(_ range: Range<Int>) throws(FormatError) -> [String: String] {
    var found: [String: String] = [:]
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      guard field.number == 5 else { continue }
      var (name, reference) = ("", "")
      var attribute = WireReader(storage, try bytes(field))
      while let field = try next(&attribute) {
        switch field.number {
        case 1: name = try text(field)
        case 21: reference = try text(field)
        default: break
        }
      }
      if !reference.isEmpty { found[name] = reference }
    }
    return found
  }

  /// Replaces calls of the model's own functions by their nodes.
  ///
  /// - Parameter ranges: the FunctionProtos.
  /// - Throws: `FormatError` for functions that call each other in a circle, that use another operator set than the
  ///   model, or that come to too many nodes.
  func inline(_ ranges: [Range<Int>], into graph: inout Graph) throws(FormatError) {
    if ranges.isEmpty { return }
    var functions: [OperatorType: ModelFunction] = [:]
    for range in ranges {
      let function = try function(range)
      guard functions.updateValue(function, forKey: function.type) == nil else {
        throw fail("defines function \(function.type) twice")
      }
      for (domain, version) in function.opsets {
        let own = graph.opsets[domain] ?? version
        graph.opsets[domain] = own
        guard own == version else {
          throw fail(
            "function \(function.type) uses version \(version) of operator set "
              + "'\(domain.isEmpty ? "ai.onnx" : domain)', but the model \(own); convert the model to one version"
          )
        }
      }
    }
    var inliner = FunctionInliner(decoder: self, functions: functions)
    try inliner.refuseCircles()
    try inliner.expand(&graph)
  }
}
