import Tensor

/// A convolution: data `[N, C, spatial...]`, weight `[M, C / group, kernel...]`, optional bias `[M]`.
public struct Conv: Operator {
  public static let type: OperatorType = "Conv"

  public let group: Int
  public let window: SlidingWindow

  public init(_ node: Node, opset: Int) throws(GraphError) {
    group = try ConvolutionOperands.group(node)
    window = try SlidingWindow(node, needsKernel: false)
  }

  /// The window along each spatial axis, for data and weight of these shapes.
  public func axes(data: Shape, weight: Shape) throws(Mismatch) -> [SlidingWindow.Axis] {
    guard data.rank >= 2, weight.rank >= 2 else { throw Mismatch("data and weight need spatial axes") }
    return try window.axes(input: Array(data.dims[2...]), kernel: Array(weight.dims[2...]))
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let operands = try ConvolutionOperands(inputs)
    guard let (data, weight) = operands.dims else { return [Facts(dtype: operands.dtype)] }
    let channels = weight[1] * Dim(group)
    if data[1].contradicts(channels) {
      throw Mismatch(
        "the data has \(data[1]) channels, but the weight \(weight.text) in \(group) group(s) is for \(channels)"
      )
    }
    if let count = weight[0].value, count % group != 0 {
      throw Mismatch("\(count) output channels cannot be split into \(group) groups")
    }
    try operands.checkBias(channels: weight[0])
    let spatial = try window.outputs(input: Array(data[2...]), kernel: Array(weight[2...]))
    return [Facts(dtype: operands.dtype, dims: [data[0], weight[0]] + spatial)]
  }

  /// Output elements times what each sums: `C / group` times the kernel's volume.
  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    guard let output = outputs[0].dims, let weight = inputs.optional(1)?.dims else { return .unknown }
    return output.product * Array(weight[1...]).product
  }

  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    [WeightSlot(weight: 1, bias: inputs.optional(2) == nil ? nil : 2, data: 0, outputAxis: 0, inputAxis: 1)]
  }

  /// How many channels each is convolved into where it is convolved by itself; nil where several are summed.
  public func depthMultiplier(weight: [Dim]) -> Int? {
    guard group > 1, weight.count >= 2, weight[1].value == 1 else { return nil }
    return weight[0].value.map { $0 / group }
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    var links = [AxisLink.from(0, 0, to: 0)]
    guard let weight = inputs.optional(1)?.dims, weight.count >= 2 else { return links }
    links.append(.from(1, 0, to: 1))
    if inputs.optional(2) != nil { links.append(.from(2, 0, to: 1)) }
    if group == 1 {
      links.append(.between((0, 1), (1, 1)))
    } else if let multiplier = depthMultiplier(weight: weight) {
      links.append(.from(0, 1, to: 1, block: multiplier))
    } else if let outputs = weight[0].value, let inputs = weight[1].value {
      // Groups stay of equal size: the k-th channels of all of them go together.
      let weightInput = AxisLink.Axis(.input(1), 1)
      links += (0..<min(group, outputs)).map {
        AxisLink(weightInput, .init(.input(0), 1), offset: $0 * inputs)
      }
      let output = AxisLink.Axis(.output(0), 1)
      links.append(AxisLink(output, output, offset: outputs / group))
    }
    return links
  }
}

extension Conv: BiasAdding {
  public var biasInput: Int { 2 }
  public var biasFactor: Float { 1 }
}
