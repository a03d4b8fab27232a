import Graph
import Tensor

/// A pair of QuantizeLinear and DequantizeLinear with one scale becomes one pass over float32.
extension QuantizeLinear: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    try plan.lowerQuantization(pair: node, of: node.inputs[0], clamp: nil)
  }
}

extension Lowering {
  /// The same where the pair's QuantizeLinear alone reads `output`, a clamped `name`.
  mutating func lowerQuantization(of name: String, behind output: String, clamp: ClosedRange<Float>) throws
    -> Bool
  {
    guard let reader = soleReader(of: output), reader.op is QuantizeLinear else { return false }
    guard try lowerQuantization(pair: reader.node, of: name, clamp: clamp) else { return false }
    absorb(reader.index)
    return true
  }

  fileprivate mutating func lowerQuantization(
    pair node: Node, of name: String, clamp: ClosedRange<Float>?
  ) throws -> Bool {
    var value = try value(name)
    guard value.isFloat, let quantizer = QuantizationPair(node, self),
      let second = soleReader(of: node.outputs[0]), second.op is DequantizeLinear,
      let inverse = QuantizationPair(second.node, self), inverse.scale == quantizer.scale,
      inverse.zeroPoint == quantizer.zeroPoint
    else { return false }
    absorb(second.index)
    var output = second.node.outputs[0]
    var result: Value
    if let reader = soleReader(of: output), let pool = reader.op as? MaxPool, !pool.givesIndices,
      (3...5).contains(value.dims.count)
    {
      // Rounding never changes an order, so the largest can be chosen first, and fewer be rounded.
      output = reader.node.outputs[0]
      value = try self.pool(value, pool.window, .maximum, output: output, node: reader.node)
      result = value
      absorb(reader.index)
    } else {
      result = allocateOver(name, value)
    }
    add(
      QuantizeStep(
        source: value, destination: result, scale: quantizer.scale, zeroPoint: quantizer.zeroPoint,
        range: quantizer.range, clamp: clamp), node: node.label, touching: [value, result])
    define(output, result)
    return true
  }
}

/// The constant parameters of a quantizer with one scale.
private struct QuantizationPair {
  var scale: Float
  var zeroPoint: Float
  var range: ClosedRange<Float>

  init?(_ node: Node, _ plan: Lowering) {
    guard let scale = plan.tensor(node.input(1)), scale.dtype == .float32, scale.count == 1 else {
      return nil
    }
    let zero = plan.tensor(node.input(2))
    guard node.input(2) == nil || zero?.count == 1 else { return nil }
    // The integers lie between the two nodes: behind the first, before the second.
    let integers = node.type == QuantizeLinear.type ? node.outputs[0] : node.inputs[0]
    self.scale = scale.floats[0]
    zeroPoint = zero?.floats[0] ?? 0
    switch plan.typed.facts[integers]?.dtype {
    case .int8: range = -128...127
    case .uint8: range = 0...255
    case .int16: range = -32768...32767
    case .uint16: range = 0...65535
    case .int4: range = -8...7
    case .uint4: range = 0...15
    default: return nil
    }
    guard self.scale > 0 else { return nil }
  }
}
