import Graph

/// A function that a model defines for itself, as its FunctionProto says.
struct ModelFunction {
  var type: OperatorType
  var inputs: [String] = []
  var outputs: [String] = []
  var nodes: [Node] = []
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
      case 7: function.nodes.append(try node(bytes(field)))
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

  /// Replaces calls of the model's own functions by their nodes.
  ///
  /// - Parameter ranges: the FunctionProtos.
  /// - Throws: `FormatError` for functions that call each other in a circle, that use operators as another version of
  ///   the operator set than the model's defines them, or that come to too many nodes.
  func inline(_ ranges: [Range<Int>], into graph: inout Graph) throws(FormatError) {
    if ranges.isEmpty { return }
    var functions: [OperatorType: ModelFunction] = [:]
    for range in ranges {
      let function = try function(range)
      guard functions.updateValue(function, forKey: function.type) == nil else {
        throw fail("defines function \(function.type) twice")
      }
    }
    for function in functions.values.sorted(by: { $0.type.description < $1.type.description }) {
      for (domain, version) in function.opsets {
        let own = graph.opsets[domain] ?? version
        graph.opsets[domain] = own
        if own == version { continue }
        let used = FunctionInliner.types(in: function.nodes).filter {
          $0.domain == domain && functions[$0] == nil
        }
        // An operator that both versions define alike is the same in the model.
        guard
          let other = used.sorted(by: { $0.name < $1.name }).first(where: {
            !domain.isEmpty || !OperatorVersions.isSame($0, in: version, and: own)
          })
        else { continue }
        throw fail(
          "function \(function.type) uses \(other) of version \(version) of operator set "
            + "'\(domain.isEmpty ? "ai.onnx" : domain)', which version \(own), the model's, defines anew; "
            + "convert the model to one version")
      }
    }
    var inliner = FunctionInliner(decoder: self, functions: functions)
    try inliner.refuseCircles()
    try inliner.expand(&graph)
  }
}
