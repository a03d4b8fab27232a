import Graph
import Tensor

/// Convolution in oneDNN's three directions; the weights go into its layout before each run, and their gradient
/// comes back from it.
extension Conv: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let input = try tape.value(node.inputs[0])
    let weight = try tape.plain(node.inputs[1])
    let bias = try node.input(2).map { try tape.plain($0) }
    guard input.isFloat, weight.isFloat, (3...5).contains(input.dims.count),
      !(input.dims + weight.dims).contains(0)
    else { return false }
    let dims = try tape.dims(node.outputs[0])
    let axes = try axes(data: input.shape, weight: weight.shape)
    let window = Primitive.Window(
      strides: axes.map(\.stride), dilations: axes.map(\.dilation), before: axes.map(\.padBegin),
      after: axes.map {
        (($0.output - 1) * $0.stride + ($0.kernel - 1) * $0.dilation + 1) - $0.input - $0.padBegin
      })
    if group == 1, axes.allSatisfy(\.isPointwise) {
      let source = try tape.converted(input, to: .channelsLast)
      let result = try tape.output(
        node, order: .channelsLast, hasGradient: [source, weight, bias].contains { $0?.gradient != nil },
        isFree: true)
      let step = PointwiseStep(
        source: source, weight: weight, bias: bias, result: result, node: node.label)
      tape.add(gives: [result], forward: { _ in try step.forward() }, backward: { try step.backward() })
      return true
    }
    let given = group == 1 ? weight.dims : [group, weight.dims[0] / group] + weight.dims[1...]
    let learns = weight.gradient != nil || bias?.gradient != nil
    func directions(_ order: MemoryOrder) throws -> Primitive.ConvolutionDirections {
      try Primitive.trainingConvolution(
        source: MemoryDescriptor(input.dims, order: order), weights: MemoryDescriptor(any: given),
        bias: bias.map { MemoryDescriptor(plain: $0.dims) },
        destination: MemoryDescriptor(dims, order: order), window: window, needsData: input.gradient != nil,
        needsWeights: learns, node: node.label)
    }
    var order = MemoryOrder.channelsLast
    var primitives = try directions(order)
    if primitives.hasReference {
      let plain = try directions(.plain)
      if !plain.hasReference { (order, primitives) = (.plain, plain) }
    }
    let source = try tape.converted(input, to: order)
    let result = try tape.output(
      node, order: order, hasGradient: source.gradient != nil || learns, isFree: true)
    let step = try ConvolutionStep(
      primitives, source: source, weight: weight, weightDims: given, bias: bias, result: result, on: tape)
    tape.add(gives: [result], forward: { _ in try step.forward() }, backward: { try step.backward() })
    return true
  }
}

extension SlidingWindow.Axis {
  /// Whether each output is of the one input at its place.
  fileprivate var isPointwise: Bool { kernel == 1 && stride == 1 && padBegin == 0 && padEnd == 0 }
}

extension Primitive.ConvolutionDirections {
  fileprivate var hasReference: Bool { [forward, data, weights].contains { $0?.isReference ?? false } }
}

private final class ConvolutionStep {
  private let source: Variable
  private let weight: Variable
  private let bias: Variable?
  /// Weights into the layout of the forward pass, and of the pass to the data's gradient where it is another.
  private let preparing: [PrimitiveRun]
  private let run: PrimitiveRun
  private let dataRun: AddingRun?
  private let weightRun: PrimitiveRun?
  private let finishing: AddingRun?
  private let biasGradient: UnsafeMutablePointer<Float>?

  init(
    _ primitives: Primitive.ConvolutionDirections, source: Variable, weight: Variable, weightDims: [Int],
    bias: Variable?, result: Variable, on tape: Tape
  ) throws {
    (self.source, self.weight, self.bias) = (source, weight, bias)
    let given = MemoryDescriptor(plain: weightDims)
    let (from, to) = (primitives.forward.source, primitives.forward.destination)
    var preparing: [PrimitiveRun] = []
    var (dataRun, weightRun): (AddingRun?, PrimitiveRun?)
    var (finishing, biasGradient): (AddingRun?, UnsafeMutablePointer<Float>?)
    var prepared: [(descriptor: MemoryDescriptor, place: UnsafeMutableRawPointer)] = [(given, weight.bytes)]
    /// The weights in a layout.
    func weights(_ descriptor: MemoryDescriptor) throws -> UnsafeMutableRawPointer {
      if let known = prepared.first(where: { $0.descriptor.isSame(as: descriptor) }) { return known.place }
      let place = UnsafeMutableRawPointer(tape.room(descriptor.byteCount / MemoryLayout<Float>.stride))
      let reorder = try Primitive.reorder(from: given, to: descriptor, node: tape.label)
      preparing.append(
        try PrimitiveRun(reorder, [(.source, given, weight.bytes), (.destination, descriptor, place)]))
      prepared.append((descriptor, place))
      return place
    }
    let wanted = primitives.forward.weights
    var operands: [PrimitiveRun.Operand] = [
      (.source, from, source.bytes), (.weights, wanted, try weights(wanted)),
      (.destination, to, result.bytes),
    ]
    if let bias { operands.append((.bias, MemoryDescriptor(plain: bias.dims), bias.bytes)) }
    run = try PrimitiveRun(primitives.forward, operands)
    let arriving = UnsafeMutableRawPointer(result.gradient?.floats ?? result.floats)
    if let data = primitives.data, let own = source.gradient {
      dataRun = try AddingRun(
        data, [(.weights, data.weights, try weights(data.weights)), (.destinationGradient, to, arriving)],
        result: (.sourceGradient, from, UnsafeMutableRawPointer(own.floats)))
    }
    if let primitive = primitives.weights {
      let descriptor = primitive.weightsGradient
      let place = UnsafeMutableRawPointer(tape.room(descriptor.byteCount / MemoryLayout<Float>.stride))
      var operands: [PrimitiveRun.Operand] = [
        (.source, from, source.bytes), (.weightsGradient, descriptor, place),
        (.destinationGradient, to, arriving),
      ]
      if let bias {
        let sums = tape.room(bias.count)
        operands.append((.biasGradient, MemoryDescriptor(plain: bias.dims), UnsafeMutableRawPointer(sums)))
        biasGradient = sums
      }
      weightRun = try PrimitiveRun(primitive, operands)
      if let own = weight.gradient {
        finishing = try AddingRun(
          Primitive.reorder(from: descriptor, to: given, node: tape.label), [(.source, descriptor, place)],
          result: (.destination, given, UnsafeMutableRawPointer(own.floats)))
      }
    }
    (self.preparing, self.dataRun, self.weightRun) = (preparing, dataRun, weightRun)
    (self.finishing, self.biasGradient) = (finishing, biasGradient)
  }

  func forward() throws {
    for reorder in preparing { try reorder.run() }
    try run.run()
  }

  func backward() throws {
    if let dataRun, let own = source.gradient { try dataRun.run(isAdding: own.startAdding()) }
    guard let weightRun else { return }
    try weightRun.run()
    if let finishing, let own = weight.gradient { try finishing.run(isAdding: own.startAdding()) }
    if let sums = biasGradient, let own = bias?.gradient {
      let isAdding = own.startAdding()
      for index in 0..<own.count { own.floats[index] = (isAdding ? own.floats[index] : 0) + sums[index] }
    }
  }
}
