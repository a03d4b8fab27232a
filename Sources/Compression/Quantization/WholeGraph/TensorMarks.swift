import Graph
import Tensor

/// The tensors that are rounded where a mode rounds all, found node by node as ONNX Runtime's quantizer does it.
struct TensorMarks {
  /// Values, in the order in which they were found.
  private(set) var order: [String] = []
  /// The value or constant whose scale a value has, where that is another.
  private(set) var providers: [String: String] = [:]
  private var marked: Set<String> = []
  /// Constants that become integers like an activation's.
  private(set) var operands: [String: NodeRules.Rules] = [:]
  /// Constants of normalizations that become integers like a weight's.
  private(set) var factors: [String: NodeRules.Rules] = [:]
  private(set) var biases: [RoundedBias] = []

  /// A bias that becomes int32.
  struct RoundedBias: Hashable, Sendable {
    var node: Int
    var input: Int
    var constant: String
    /// The value that the weight is multiplied with.
    var data: String
    var weight: String
    /// What the node multiplies the bias with.
    var beta: Float
  }

  private let model: Model
  private let rules: NodeRules
  private let mode: any TensorRules
  private let consumers: [String: [Int]]
  private let outputs: Set<String>
  private let inputs: Set<String>
  private let layers: [Int: Layer]
  private let weights: Set<String>
  private let constantValues: Set<String>

  init(_ model: Model, rules: NodeRules, mode: any TensorRules) {
    self.model = model
    self.rules = rules
    self.mode = mode
    consumers = model.typed.consumers
    outputs = Set(model.graph.outputs.map(\.name))
    inputs = Set(model.graph.inputs.map(\.name))
    layers = model.soleLayers
    weights = Set(model.layers.map(\.weight))
    constantValues = model.typed.constantValues
    for (index, node) in model.graph.nodes.enumerated() where model.typed.operators[index] != nil {
      guard let rules = rules.rules[index], !node.outputs.allSatisfy(constantValues.contains) else {
        continue
      }
      visit(index, node, rules)
    }
  }

  /// Whether only one node reads a value, and no one from outside.
  func isSole(_ name: String) -> Bool { consumers[name]?.count == 1 && !outputs.contains(name) }

  private mutating func visit(_ index: Int, _ node: Node, _ rules: NodeRules.Rules) {
    let input = node.input(0) ?? ""
    let opset = model.graph.opset(of: node.type)
    switch mode.role(of: node, isLayer: layers[index] != nil, opset: opset) {
    case .none: return
    case .layer: visitLayer(index, node)
    case .all:
      for input in node.inputs { mark(input, rules) }
      for output in node.outputs { mark(output, rules) }
    case .sameAsInput(let always):
      if always { mark(input, rules) }
      for output in node.outputs { share(output, input) }
    case .gather:
      if model.graph.constants[input] != nil { mark(input, rules) }
      share(node.outputs[0], input)
    case .pad:
      for input in node.inputs { mark(input, rules) }
      if keepsRange(index, node) { share(node.outputs[0], input) } else { mark(node.outputs[0], rules) }
    case .folded:
      guard isMarked(input) else { return }
      if mode.dropsInput(rules.activation.scheme), isSole(input), !inputs.contains(input) { unmark(input) }
      mark(node.outputs[0], rules)
    case .normalization:
      mark(input, rules)
      if let factor = node.input(1), let bias = node.input(2), isFloat(factor),
        rules.weight.scheme.linear != nil,
        model.graph.constants[factor] != nil
      {
        factors[factor] = rules
        addBias(RoundedBias(node: index, input: 2, constant: bias, data: input, weight: factor, beta: 1))
      }
      for output in node.outputs { mark(output, rules) }
    }
  }

  private mutating func visitLayer(_ index: Int, _ node: Node) {
    guard let layer = layers[index], let rules = rules.rules[index], let data = layer.data(in: model.graph)
    else {
      return
    }
    mark(data, rules)
    mark(node.outputs[0], rules)
    guard let slot = layer.slot.bias, let bias = node.input(slot), isMarked(data) else { return }
    let beta = (model.typed.operators[index] as? any BiasAdding)?.biasFactor ?? 1
    let place = RoundedBias(
      node: index, input: slot, constant: bias, data: data, weight: layer.weight, beta: beta)
    guard let count = model.graph.constants[bias]?.count, rules.weight.scheme.linear != nil else { return }
    switch rules.weight.granularity {
    case .tensor: addBias(place)
    // One scale for each number, or none at all.
    case .channel where count == layer.shape[layer.slot.outputAxis]: addBias(place)
    case .channel, .block: return
    }
  }

  private mutating func addBias(_ place: RoundedBias) {
    guard model.graph.constants[place.constant]?.dtype == .float32, operands[place.constant] == nil else {
      return
    }
    biases.append(place)
  }

  private func isFloat(_ name: String) -> Bool { model.typed.facts[name]?.dtype == .float32 }

  func isMarked(_ name: String) -> Bool { marked.contains(name) || operands[name] != nil }

  /// Where the scale of a value comes from in the end: itself, another value, or a constant among the operands.
  func provider(of name: String) -> String {
    var name = name
    while let next = providers[name] { name = next }
    return name
  }

  private mutating func mark(_ name: String, _ rules: NodeRules.Rules) {
    guard !name.isEmpty, isFloat(name), !isMarked(name), factors[name] == nil else { return }
    if model.graph.constants[name] != nil {
      // A layer's weight has a rule of its own.
      if weights.contains(name) { return }
      operands[name] = rules
    } else if !constantValues.contains(name) {
      order.append(name)
      marked.insert(name)
    }
  }

  private mutating func share(_ name: String, _ provider: String) {
    guard isMarked(provider), isFloat(name), !constantValues.contains(name) else { return }
    if marked.insert(name).inserted { order.append(name) }
    providers[name] = provider
  }

  private mutating func unmark(_ name: String) {
    marked.remove(name)
    providers[name] = nil
    order.removeAll { $0 == name }
  }

  /// Whether what a Pad writes is 0, which every range has, or what is there already.
  private func keepsRange(_ index: Int, _ node: Node) -> Bool {
    guard let pad = model.typed.operators[index] as? Pad else { return false }
    if pad.mode != .constant { return true }
    if case .attribute(_, let value) = pad.amounts { return value == 0 }
    guard let value = node.input(2) else { return true }
    return model.graph.constants[value]?.floats.first == 0
  }
}
