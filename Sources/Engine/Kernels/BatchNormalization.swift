import Graph
import Tensor

/// `x * scale[c] + shift[c]`.
struct ChannelAffine {
  var scale: [Float]
  var shift: [Float]
}

extension BatchNormalization: Lowerable {
  /// What the node does to each channel; nil unless its parameters are constants of whole channels and it is not to
  /// train.
  func affine(_ node: Node, _ plan: Lowering) -> ChannelAffine? {
    if isTraining || !isSpatial { return nil }
    let parameters = (1...4).map { plan.tensor(node.input($0))?.floats }
    guard let gamma = parameters[0], let beta = parameters[1], let mean = parameters[2],
      let variance = parameters[3]
    else { return nil }
    let scale = gamma.indices.map { gamma[$0] / (variance[$0] + epsilon).squareRoot() }
    return ChannelAffine(scale: scale, shift: beta.indices.map { beta[$0] - mean[$0] * scale[$0] })
  }

  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let value = try plan.value(node.inputs[0])
    guard value.isFloat, value.dims.count >= 2, let affine = affine(node, plan) else { return false }
    let result = plan.allocateOver(node.inputs[0], value)
    plan.add(
      ChannelAffineStep(source: value, destination: result, scale: affine.scale, shift: affine.shift),
      node: node.label, touching: [value, result])
    plan.define(node.outputs[0], result)
    return true
  }
}
