import Graph
import Tensor

/// Convolution with the batch normalisation and the activation behind it, in one oneDNN primitive.
extension Conv: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let input = try plan.value(node.inputs[0])
    guard input.isFloat, (3...5).contains(input.dims.count), let weight = plan.tensor(node.input(1)),
      weight.dtype == .float32, node.input(2) == nil || plan.tensor(node.input(2)) != nil,
      input.dims[0] > 0
    else { return false }
    var filter = Filter(weight: weight, bias: plan.tensor(node.input(2))?.floats)
    var output = node.outputs[0]
    let dims = try plan.dims(output)
    if let reader = plan.soleReader(of: output), let normalization = reader.op as? BatchNormalization,
      let affine = normalization.affine(reader.node, plan)
    {
      filter.scale(by: affine)
      plan.absorb(reader.index)
      output = reader.node.outputs[0]
    }
    let axes = try axes(data: input.shape, weight: weight.shape)
    let window = Primitive.Window(
      strides: axes.map(\.stride), dilations: axes.map(\.dilation), before: axes.map(\.padBegin),
      after: axes.map {
        (($0.output - 1) * $0.stride + ($0.kernel - 1) * $0.dilation + 1) - $0.input - $0.padBegin
      })
    let weights = grouped(weight.shape.dims)

    func make(_ tail: Tail) -> (MemoryDescriptor, MemoryDescriptor) throws(EngineError) -> Primitive {
      { (source, destination) throws(EngineError) in
        try Primitive.convolution(
          source: source, weights: MemoryDescriptor(any: weights),
          bias: filter.bias.map { MemoryDescriptor(plain: [$0.count]) }, destination: destination,
          window: window, operations: tail.operations, node: node.label)
      }
    }
    var tail = plan.tail(after: output, adding: .channelsLast)
    var primitive = try make(tail)(
      MemoryDescriptor(input.dims, order: .channelsLast), MemoryDescriptor(dims, order: .channelsLast))
    if !primitive.isFast {
      tail = plan.tail(after: output)
      primitive = try fastest(input.dims, dims, make(tail))
    }
    plan.absorb(tail)
    guard let from = primitive.source.order(dims: input.dims),
      let to = primitive.destination.order(dims: dims)
    else {
      throw EngineError.unsupported(node: node.label, reason: "oneDNN has no convolution for this shape")
    }
    let source = try plan.converted(input, to: from, node: node.label)
    let destination = plan.allocate(dims, to)
    var arguments: [(PrimitiveStep.Role, PrimitiveStep.Operand)] = [
      (.source, .value(source)),
      (
        .weights,
        .prepared(
          try primitive.prepared(
            filter.weight.reshaped(Shape(weights)), as: MemoryDescriptor(plain: weights)))
      ),
      (.destination, .value(destination)),
    ]
    if let bias = filter.bias { arguments.append((.bias, .value(plan.constant(Tensor(bias))))) }
    plan.add(
      PrimitiveStep(primitive, arguments + tail.arguments), node: node.label,
      touching: [source, destination] + tail.added)
    plan.define(tail.output, destination)
    return true
  }

  /// The primitive in the first layout for which oneDNN has a fast kernel, where it has none for channels last, which
  /// is tried before all others: it pads nothing, and oneDNN is as fast on it as on blocks of channels.
  private func fastest(
    _ source: [Int], _ destination: [Int],
    _ make: (MemoryDescriptor, MemoryDescriptor) throws(EngineError) -> Primitive
  ) throws(EngineError) -> Primitive {
    let candidates: [(MemoryDescriptor, MemoryDescriptor)] = [
      (MemoryDescriptor(any: source), MemoryDescriptor(any: destination)),
      (MemoryDescriptor(plain: source), MemoryDescriptor(any: destination)),
      (MemoryDescriptor(plain: source), MemoryDescriptor(plain: destination)),
    ]
    var fallback: Primitive?
    for (from, to) in candidates {
      let primitive = try make(from, to)
      guard primitive.source.order(dims: source) != nil,
        primitive.destination.order(dims: destination) != nil
      else { continue }
      if primitive.isFast { return primitive }
      fallback = fallback ?? primitive
    }
    // The last candidate is in layouts that are known, so there is one.
    return fallback!
  }

  /// Weight sizes as oneDNN wants them: groups have an axis of their own.
  private func grouped(_ dims: [Int]) -> [Int] {
    group == 1 ? dims : [group, dims[0] / group] + dims[1...]
  }
}

/// A convolution's weight and bias, into which a scale and shift of each output channel can be folded.
private struct Filter {
  var weight: Tensor
  var bias: [Float]?

  mutating func scale(by affine: ChannelAffine) {
    let size = weight.shape.inner(of: 0)
    weight = Tensor(of: Float.self, shape: weight.shape) { target in
      weight.withElements(of: Float.self) { source in
        for index in source.indices { target[index] = source[index] * affine.scale[index / size] }
      }
    }
    bias = affine.shift.indices.map { (bias?[$0] ?? 0) * affine.scale[$0] + affine.shift[$0] }
  }
}
