import Graph
import Tensor

extension Tape {
  /// Indices of the nodes that outputs depend on.
  var neededNodes: [Int] {
    var needed = Set(typed.graph.outputs.map(\.name))
    var indices: [Int] = []
    for index in typed.graph.nodes.indices.reversed()
    where typed.graph.nodes[index].outputs.contains(where: { !$0.isEmpty && needed.contains($0) }) {
      needed.formUnion(typed.graph.nodes[index].inputs)
      indices.append(index)
    }
    return indices.reversed()
  }

  /// Throws where the values of these nodes, with as many gradients, take more than this machine has.
  func checkMemory(_ nodes: [Int]) throws {
    var (needed, largest) = (0, (bytes: 0, node: ""))
    for index in nodes {
      let node = typed.graph.nodes[index]
      let bytes = try node.outputs.reduce(0) { sum, name in
        name.isEmpty ? sum : sum + 8 * (try dims(name)).reduce(1, *)
      }
      if bytes > largest.bytes { largest = (bytes, node.label) }
      needed += bytes
      guard needed > MemoryLimit.value else { continue }
      throw EngineError.unsupported(
        node: largest.node,
        reason: "training takes more than \(MemoryLimit.text(needed)) for a batch, most of it here, and this "
          + "machine has \(MemoryLimit.text(MemoryLimit.run)) of memory; take smaller batches")
    }
  }

  /// Adds a node: with its way back where something behind it learns, or else as far as a tape's layouts go, and by its
  /// definition where that is all there is.
  ///
  /// - Throws: `EngineError.unsupported` that names the node.
  func add(node index: Int) throws {
    begin(index)
    let node = typed.graph.nodes[index]
    guard let op = typed.operators[index] else { return }
    let inputs = try node.inputs.map { $0.isEmpty ? nil : try value($0) }
    let learns = inputs.contains { $0?.gradient != nil }
    let first = typed.facts[node.outputs[0]]?.dtype
    let carries = learns && op.carriesGradients(first)
    if carries || (first == .float32 && inputs.first??.isFloat == true), let trainable = op as? any Trainable,
      trainable.isTrainable(node, in: typed.graph), try trainable.tape(node, on: self)
    {
      return
    }
    if carries { throw Tape.cannotTrain(node) }
    try addDefinition(node, op)
  }

  static func cannotTrain(_ node: Node) -> EngineError {
    .unsupported(
      node: node.label,
      reason:
        "operator \(node.type) in this form has no backward pass; take what is before it out of the training")
  }

  /// A step that goes forwards only, by the operator's definition.
  private func addDefinition(_ node: Node, _ op: any Operator) throws {
    guard let evaluable = op as? any Evaluable else {
      throw EngineError.unsupported(node: node.label, reason: "operator \(node.type) cannot be computed")
    }
    let inputs = try node.inputs.map { $0.isEmpty ? nil : try plain($0) }
    let results = try node.outputs.map { name -> Variable? in
      guard !name.isEmpty, let dtype = typed.facts[name]?.dtype else { return nil }
      let result = Variable(try dims(name), dtype: dtype, hasGradient: false)
      define(name, result)
      return result
    }
    add(
      gives: results.compactMap { $0 },
      forward: { _ in
        for (tensor, result) in zip(try evaluable.evaluate(inputs.map { $0?.borrowed }, at: node), results) {
          guard let result else { continue }
          tensor.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { result.bytes.copyMemory(from: start, byteCount: bytes.count) }
          }
        }
      })
  }
}

extension Operator {
  /// Whether the gradient of an output of this type passes on to the inputs: true of real numbers, and of what a
  /// quantizer gives, which passes it straight through.
  func carriesGradients(_ output: DType?) -> Bool {
    output?.isFloatingPoint ?? true || self is QuantizeLinear
      || (self as? any Trainable)?.passesWholeNumbers == true
  }
}

extension Trainable {
  /// Whether it only moves elements, so that gradients also pass through what a quantizer gave.
  var passesWholeNumbers: Bool { selects }
}
