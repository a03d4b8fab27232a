import Graph

/// An operator that gives its first input another shape: value and gradient share their memory with it.
protocol TrainableView: Trainable {}

extension TrainableView {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else { return false }
    let dims = try tape.dims(node.outputs[0])
    let value = try tape.value(node.inputs[0])
    if dims == value.dims {
      tape.defineView(node.outputs[0], of: value, dims, order: value.order)
    } else {
      tape.defineView(node.outputs[0], of: try tape.plain(node.inputs[0]), dims, order: .plain)
    }
    return true
  }
}

extension Tape {
  fileprivate func defineView(_ name: String, of value: Variable, _ dims: [Int], order: MemoryOrder) {
    define(
      name,
      Variable(
        viewing: value, dims: dims, order: order, gradient: value.gradient,
        isFree: value.isFree && hasOneReader(name)))
  }
}

extension Flatten: TrainableView {}
extension Reshape: TrainableView {}
extension Squeeze: TrainableView {}
extension Unsqueeze: TrainableView {}
extension Identity: TrainableView {}

extension Dropout: TrainableView {
  /// What is told to train drops at random, which has no backward pass here.
  func isTrainable(_ node: Node, in graph: Graph) -> Bool {
    guard let name = node.input(2), let isTraining = graph.constants[name] else { return true }
    return isTraining.integers == [0]
  }

  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else { return false }
    if let name = node.input(2), tape.tensor(name)?.integers != [0] { return false }
    let value = try tape.value(node.inputs[0])
    tape.defineView(node.outputs[0], of: value, value.dims, order: value.order)
    return true
  }
}

extension Cast: TrainableView {
  func isTrainable(_ node: Node, in graph: Graph) -> Bool { target == .float32 }
}
