import Tensor

/// A transposed convolution: data `[N, C, spatial...]`, weight `[C, M / group, kernel...]`, optional bias `[M]`.
public struct ConvTranspose: Operator {
  public static let type: OperatorType = "ConvTranspose"

  public let group: Int
  public let window: SlidingWindow
  /// Elements added behind the last window of each spatial axis.
  public let outputPadding: [Int]?
  /// The output's spatial sizes, where the padding follows from them.
  public let outputShape: [Int]?

  public init(_ node: Node, opset: Int) throws(GraphError) {
    group = try ConvolutionOperands.group(node)
    window = try SlidingWindow(node, needsKernel: false)
    outputPadding = try node.extents("output_padding", minimum: 0)
    outputShape = try node.extents("output_shape", minimum: 1)
  }

  /// One spatial axis, with all its numbers.
  public struct Axis: Hashable, Sendable {
    public let input: Int
    public let output: Int
    public let kernel: Int
    public let stride: Int
    public let dilation: Int
    /// Elements cut off of what all windows write, before and behind; the latter is negative where some are added.
    public let padBegin: Int
    public let padEnd: Int
  }

  /// The window along each spatial axis, for data and weight of these shapes.
  public func axes(data: Shape, weight: Shape) throws(Mismatch) -> [Axis] {
    guard data.rank >= 3, weight.rank == data.rank else {
      throw Mismatch("data and weight need spatial axes")
    }
    return try axes(input: Array(data.dims[2...]), kernel: Array(weight.dims[2...]))
  }

  func axes(input: [Int], kernel: [Int]) throws(Mismatch) -> [Axis] {
    let kernel = try window.checkedKernel(kernel, rank: input.count)
    let sizes = try spatialShape(rank: input.count)
    if let outputPadding, outputPadding.count != input.count {
      throw Mismatch(
        "'output_padding' is for \(outputPadding.count) spatial axes, but the input has \(input.count)")
    }
    var axes: [Axis] = []
    for index in input.indices {
      axes.append(try axis(index, of: input[index], kernel: kernel[index], size: sizes?[index]))
    }
    return axes
  }

  /// The sizes that the output is to have; some exporters write the first two too.
  private func spatialShape(rank: Int) throws(Mismatch) -> [Int]? {
    guard let outputShape, !outputShape.isEmpty else { return nil }
    guard outputShape.count == rank || outputShape.count == rank + 2 else {
      throw Mismatch("'output_shape' is for \(outputShape.count) spatial axes, but the input has \(rank)")
    }
    return Array(outputShape.suffix(rank))
  }

  private func axis(_ index: Int, of input: Int, kernel: Int, size: Int?) throws(Mismatch) -> Axis {
    guard input >= 0 && input <= largestExtent else {
      throw Mismatch("a spatial size of \(input) is out of range")
    }
    let (stride, dilation) = (window.strides?[index] ?? 1, window.dilations?[index] ?? 1)
    // What all windows together write; no product or sum of numbers up to 2^31 overflows here.
    let whole = max(input - 1, 0) * stride + dilation * (kernel - 1) + 1
    guard whole <= largestSize else { throw Mismatch("an output of \(whole) is out of range") }
    let full = whole + (outputPadding?[index] ?? 0)
    var (begin, end) = (0, 0)
    switch window.padding {
    case .explicit(let begins, let ends) where size == nil: (begin, end) = (begins[index], ends[index])
    case .none where size == nil: break
    case .sameUpper, .sameLower, .explicit, .none:
      let total = max(0, full - (size ?? input * stride))
      begin = window.padding == .sameUpper ? total / 2 : total - total / 2
      end = total - begin
    }
    let output = size ?? full - begin - end
    guard output >= 0 else {
      throw Mismatch("a padding of \(begin) and \(end) takes more than the \(full) elements that there are")
    }
    return Axis(
      input: input, output: output, kernel: kernel, stride: stride, dilation: dilation, padBegin: begin,
      padEnd: whole - begin - output)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    try inputs.required(0).require(dtypeIn: [.float32, .float64, .float16, .bfloat16], "the data")
    let operands = try ConvolutionOperands(inputs)
    guard let (data, weight) = operands.dims else { return [Facts(dtype: operands.dtype)] }
    if data[1].contradicts(weight[0]) {
      throw Mismatch("the data has \(data[1]) channels, but the weight \(weight.text) is for \(weight[0])")
    }
    if let count = weight[0].value, count % group != 0 {
      throw Mismatch("\(count) input channels cannot be split into \(group) groups")
    }
    let channels = weight[1] * Dim(group)
    try operands.checkBias(channels: channels)
    let spatial = try outputs(input: Array(data[2...]), kernel: Array(weight[2...]))
    return [Facts(dtype: operands.dtype, dims: [data[0], channels] + spatial)]
  }

  private func outputs(input: [Dim], kernel: [Dim]) throws(Mismatch) -> [Dim] {
    if let sizes = try spatialShape(rank: input.count) { return sizes.map { Dim($0) } }
    guard let kernel = kernel.sizes ?? window.kernel else { return input.map { _ in .unknown } }
    // One axis is worked out whatever the others are.
    let axes = try axes(input: input.map { $0.value ?? 1 }, kernel: kernel)
    return zip(input, axes).map { $0.value == nil ? .unknown : Dim($1.output) }
  }

  /// Input elements times what each is multiplied with: `M / group` times the kernel's volume.
  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    guard let data = inputs.optional(0)?.dims, let weight = inputs.optional(1)?.dims, !weight.isEmpty else {
      return .unknown
    }
    return data.product * Array(weight[1...]).product
  }

  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    [WeightSlot(weight: 1, bias: inputs.optional(2) == nil ? nil : 2, data: 0, outputAxis: 1, inputAxis: 0)]
  }

  /// Into how many channels each is spread where it is spread by itself; nil where several are summed.
  public func depthMultiplier(weight: [Dim]) -> Int? {
    guard group > 1, weight.count >= 2, weight[0].value == group else { return nil }
    return weight[1].value
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    var links = [AxisLink.from(0, 0, to: 0), .between((0, 1), (1, 0))]
    guard let weight = inputs.optional(1)?.dims, weight.count >= 2 else { return links }
    if inputs.optional(2) != nil { links.append(.from(2, 0, to: 1)) }
    if group == 1 {
      links.append(.from(1, 1, to: 1))
    } else if let multiplier = depthMultiplier(weight: weight) {
      links.append(.from(0, 1, to: 1, block: multiplier))
    } else if let inputs = weight[0].value, let outputs = weight[1].value {
      // Groups stay of equal size: the k-th channels of all of them go together.
      links += (0..<min(group, inputs)).map { .from(1, 1, to: 1, offset: $0 * outputs) }
      let input = AxisLink.Axis(.input(0), 1)
      links.append(AxisLink(input, input, offset: inputs / group))
    }
    return links
  }
}

extension ConvTranspose: BiasAdding {
  public var biasInput: Int { 2 }
  public var biasFactor: Float { 1 }
}
