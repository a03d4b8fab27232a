import Graph
import Tensor

/// A recurrent layer, back through time.
protocol TrainableRecurrent: RecurrentLowerable, Trainable {}

extension RNN: TrainableRecurrent {}
extension GRU: TrainableRecurrent {}
extension LSTM: TrainableRecurrent {}

extension TrainableRecurrent {
  func isTrainable(_ node: Node, in graph: Graph) -> Bool {
    let functions = (0..<form.directions).flatMap { _ in Self.activations }
    return form.clip == nil && form.activations.map(\.function) == functions && node.input(4) == nil
      && node.input(7) == nil
  }

  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.plain(node.inputs[0])
    let weight = try tape.plain(node.inputs[1])
    let recurrent = try tape.plain(node.inputs[2])
    let bias = try node.input(3).map { try tape.plain($0) }
    let initial = try Self.states.map { index in try node.input(index).map { try tape.plain($0) } }
    let all = [x, weight, recurrent, bias] + initial
    guard all.allSatisfy({ $0?.isFloat ?? true }), !(x.dims + recurrent.dims).contains(0) else {
      return false
    }
    let hidden = recurrent.dims[2]
    let sizes =
      form.isBatchFirst
      ? [x.dims[0], x.dims[1], form.directions, hidden] : [x.dims[0], form.directions, x.dims[1], hidden]
    let frame = RecurrentFrame(form, data: x.shape, output: Shape(sizes))
    let learns = all.contains { $0?.gradient != nil }
    let outputs = try (0...Self.states.count).map { index -> Variable? in
      guard node.outputs.indices.contains(index), !node.outputs[index].isEmpty else { return nil }
      return try tape.output(node, index, hasGradient: learns, isFree: true)
    }
    let directions = (0..<form.directions).map { direction in
      RecurrentPass(
        cell: cell, frame: frame, direction: direction,
        isReversed: direction == 1 || form.direction == .reverse, x: x, weight: weight, recurrent: recurrent,
        bias: bias, initial: initial, outputs: outputs, node: node.label, on: tape)
    }
    tape.add(
      gives: outputs.compactMap { $0 }, forward: { _ in for pass in directions { try pass.forward() } },
      backward: {
        // Directions write parts of one gradient: all add to zeros, but for the data's, which they write whole.
        for variable in [weight, recurrent, bias] + initial { variable?.gradient?.settle() }
        for pass in directions { try pass.backward() }
      })
    return true
  }
}
