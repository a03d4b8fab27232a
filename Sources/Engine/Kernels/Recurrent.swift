import Graph
import Tensor

/// A recurrent operator that `RecurrentStep` computes.
protocol RecurrentLowerable: Recurrent, Lowerable {
  var cell: RecurrentStep.Cell { get }
  /// The activations of one direction that the step knows.
  static var activations: [RecurrentActivation.Function] { get }
}

extension RecurrentLowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let functions = (0..<form.directions).flatMap { _ in Self.activations }
    // Lengths, peepholes and other activations are rare, and left to the definition.
    guard form.clip == nil, form.activations.map(\.function) == functions, node.input(4) == nil,
      node.input(7) == nil, try plan.value(node.inputs[0]).isFloat, let weight = plan.tensor(node.input(1)),
      let recurrent = plan.tensor(node.input(2)), node.input(3) == nil || plan.tensor(node.input(3)) != nil
    else { return false }
    let source = try plan.value(node.inputs[0])
    let hidden = recurrent.shape[2]
    let sizes =
      form.isBatchFirst
      ? [source.dims[0], source.dims[1], form.directions, hidden]
      : [source.dims[0], form.directions, source.dims[1], hidden]
    guard !(source.dims + sizes).contains(0),
      (try? Layout(dtype: .float32, sizes: [source.dims[0], source.dims[1], recurrent.shape[1]])) != nil
    else { return false }
    let frame = RecurrentFrame(form, data: source.shape, output: Shape(sizes))
    let input = try plan.plain(node.inputs[0], node: node.label)
    let initial = try Self.states.map { index in
      try node.input(index).map { try plan.plain($0, node: node.label) }
    }
    let outputs = try (0...Self.states.count).map { index -> Value? in
      guard node.outputs.indices.contains(index), !node.outputs[index].isEmpty else { return nil }
      let value = plan.allocate(try plan.dims(node.outputs[index]))
      plan.define(node.outputs[index], value)
      return value
    }
    let step = RecurrentStep(
      cell: cell, frame: frame,
      directions: (0..<form.directions).map {
        weights($0, weight, recurrent, bias: plan.tensor(node.input(3)))
      }, source: input, initial: initial, outputs: outputs)
    plan.add(
      step, node: node.label, touching: ([input] + initial + outputs).compactMap { $0 })
    return true
  }

  private func weights(_ direction: Int, _ weight: Tensor, _ recurrent: Tensor, bias: Tensor?)
    -> RecurrentStep.Weights
  {
    func part(_ tensor: Tensor) -> [Float] { tensor.rows(direction..<direction + 1).floats }
    let (rows, hidden) = (recurrent.shape[1], recurrent.shape[2])
    let biases = bias.map(part) ?? [Float](repeating: 0, count: 2 * rows)
    var (sums, reset) = (Array(biases[..<rows]), [Float](repeating: 0, count: hidden))
    for row in 0..<rows {
      if case .gated(true) = cell, row >= 2 * hidden {
        reset[row - 2 * hidden] = biases[rows + row]
      } else {
        sums[row] += biases[rows + row]
      }
    }
    return RecurrentStep.Weights(
      input: part(weight), recurrent: part(recurrent), bias: sums, resetBias: reset,
      isReversed: direction == 1 || form.direction == .reverse)
  }
}

extension RNN: RecurrentLowerable {
  static var activations: [RecurrentActivation.Function] { [.tanh] }
  var cell: RecurrentStep.Cell { .plain }
}

extension GRU: RecurrentLowerable {
  static var activations: [RecurrentActivation.Function] { [.sigmoid, .tanh] }
  var cell: RecurrentStep.Cell { .gated(resetsProduct: resetsProduct) }
}

extension LSTM: RecurrentLowerable {
  static var activations: [RecurrentActivation.Function] { [.sigmoid, .tanh, .tanh] }
  var cell: RecurrentStep.Cell { .memory(couplesForget: couplesForget) }
}
