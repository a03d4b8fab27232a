import Graph
import Tensor

/// A transposed convolution as one oneDNN primitive.
extension ConvTranspose: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let input = try plan.value(node.inputs[0])
    let dims = try plan.dims(node.outputs[0])
    guard input.isFloat, (3...5).contains(input.dims.count), let weight = plan.tensor(node.input(1)),
      weight.dtype == .float32, node.input(2) == nil || plan.tensor(node.input(2)) != nil,
      !(input.dims + dims + weight.shape.dims).contains(0),
      let primitive = try primitive(input, weight, hasBias: node.input(2) != nil, dims, node),
      let from = primitive.source.order(dims: input.dims),
      let to = primitive.destination.order(dims: dims)
    else { return false }
    let source = try plan.converted(input, to: from, node: node.label)
    let destination = plan.allocate(dims, to)
    var arguments: [(PrimitiveStep.Role, PrimitiveStep.Operand)] = [
      (.source, .value(source)),
      (.weights, .prepared(try primitive.prepared(weight, as: given(weight.shape)))),
      (.destination, .value(destination)),
    ]
    if let bias = plan.tensor(node.input(2)) { arguments.append((.bias, .value(plan.constant(bias)))) }
    plan.add(PrimitiveStep(primitive, arguments), node: node.label, touching: [source, destination])
    plan.define(node.outputs[0], destination)
    return true
  }

  /// The primitive in the first layout for which oneDNN has a fast kernel; nil where it takes none.
  private func primitive(_ input: Value, _ weight: Tensor, hasBias: Bool, _ dims: [Int], _ node: Node) throws
    -> Primitive?
  {
    let axes = try axes(data: input.shape, weight: weight.shape)
    let window = Primitive.Window(
      strides: axes.map(\.stride), dilations: axes.map(\.dilation), before: axes.map(\.padBegin),
      after: axes.map(\.padEnd))
    let candidates = [
      (MemoryDescriptor(input.dims, order: .channelsLast), MemoryDescriptor(dims, order: .channelsLast)),
      (MemoryDescriptor(any: input.dims), MemoryDescriptor(any: dims)),
      (MemoryDescriptor(plain: input.dims), MemoryDescriptor(plain: dims)),
    ]
    var fallback: Primitive?
    for (from, to) in candidates {
      // oneDNN does not take what is added behind the last window in all its kernels.
      guard
        let primitive = try? Primitive.deconvolution(
          source: from, weights: MemoryDescriptor(any: logical(weight.shape)),
          bias: hasBias ? MemoryDescriptor(plain: [dims[1]]) : nil, destination: to, window: window,
          node: node.label),
        primitive.source.order(dims: input.dims) != nil, primitive.destination.order(dims: dims) != nil
      else { continue }
      if primitive.isFast { return primitive }
      fallback = fallback ?? primitive
    }
    return fallback
  }

  /// Weight sizes as oneDNN wants them, outputs before inputs: groups have an axis of their own.
  private func logical(_ shape: Shape) -> [Int] {
    let sizes = [shape[1], shape[0] / group] + shape.dims[2...]
    return group == 1 ? sizes : [group] + sizes
  }

  /// The same sizes as ONNX stores them, inputs before outputs.
  private func given(_ shape: Shape) -> MemoryDescriptor {
    let strides = shape.strides
    let order = [strides[1], strides[0]] + strides[2...]
    return MemoryDescriptor(
      logical(shape), strides: group == 1 ? order : [shape[0] / group * strides[0]] + order)
  }
}
