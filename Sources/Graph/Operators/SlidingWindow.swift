/// How a convolution or pooling moves its window over the spatial axes, as the attributes say it.
public struct SlidingWindow: Hashable, Sendable {
  public enum Padding: Hashable, Sendable {
    /// Elements before and behind each spatial axis; nil for none anywhere.
    case explicit(begin: [Int], end: [Int])
    case none
    /// As much as makes the output `ceil(input / stride)`, an odd element going to the end.
    case sameUpper
    /// The same, an odd element going to the beginning.
    case sameLower
  }

  /// nil where it is the weight's.
  public let kernel: [Int]?
  /// nil for 1 along each axis.
  public let strides: [Int]?
  /// nil for 1 along each axis.
  public let dilations: [Int]?
  public let padding: Padding
  /// Whether a last window that is only partly filled counts.
  public let roundsUp: Bool

  init(_ node: Node, needsKernel: Bool) throws(GraphError) {
    kernel = try node.extents("kernel_shape", minimum: 1)
    if needsKernel && kernel == nil { throw node.invalid("kernel_shape", "is missing") }
    strides = try node.extents("strides", minimum: 1)
    dilations = try node.extents("dilations", minimum: 1)
    roundsUp = try node.bool("ceil_mode", default: false)
    let pads = try node.extents("pads", minimum: 0)
    switch try node.string("auto_pad") ?? "NOTSET" {
    case "NOTSET", "":
      if let pads {
        guard pads.count.isMultiple(of: 2) else {
          throw node.invalid("pads", "has an odd number of elements")
        }
        let half = pads.count / 2
        padding = .explicit(begin: Array(pads[..<half]), end: Array(pads[half...]))
      } else {
        padding = .none
      }
    case "VALID": padding = .none
    case "SAME_UPPER": padding = .sameUpper
    case "SAME_LOWER": padding = .sameLower
    case let other: throw node.invalid("auto_pad", "is '\(other)', which is no kind of padding")
    }
  }

  /// One spatial axis, with all its numbers.
  public struct Axis: Hashable, Sendable {
    public let input: Int
    public let output: Int
    public let kernel: Int
    public let stride: Int
    public let dilation: Int
    public let padBegin: Int
    public let padEnd: Int
  }

  /// The window along each spatial axis.
  ///
  /// - Parameters:
  ///   - input: the data's spatial sizes.
  ///   - kernel: the weight's spatial sizes; without, those of the attribute.
  /// - Throws: `Mismatch` where lengths differ or the kernel does not fit the padded input.
  public func axes(input: [Int], kernel given: [Int]? = nil) throws(Mismatch) -> [Axis] {
    let kernel = try checkedKernel(given, rank: input.count)
    var axes: [Axis] = []
    axes.reserveCapacity(input.count)
    for index in input.indices { axes.append(try axis(index, input: input[index], kernel: kernel[index])) }
    return axes
  }

  /// The output's spatial sizes; unknown ones where the input's are and the window may change them.
  func outputs(input: [Dim], kernel given: [Dim?]) throws(Mismatch) -> [Dim] {
    var sizes: [Int]? = []
    for dim in given { sizes = if let value = dim?.value { sizes.map { $0 + [value] } } else { nil } }
    if kernel == nil && sizes == nil {
      try checkLengths(rank: input.count)
      return [Dim](repeating: .unknown, count: input.count)
    }
    let kernel = try checkedKernel(sizes, rank: input.count)
    var outputs: [Dim] = []
    for (index, dim) in input.enumerated() {
      if let size = dim.value {
        outputs.append(Dim(try axis(index, input: size, kernel: kernel[index]).output))
      } else {
        outputs.append(keepsSize(index, kernel: kernel[index]) ? dim : .unknown)
      }
    }
    return outputs
  }

  /// Whether any input's size is the output's along this axis.
  private func keepsSize(_ index: Int, kernel: Int) -> Bool {
    guard strides?[index] ?? 1 == 1 else { return false }
    let span = (dilations?[index] ?? 1) * (kernel - 1)
    switch padding {
    case .explicit(let begin, let end): return begin[index] + end[index] == span
    case .none: return span == 0
    case .sameUpper, .sameLower: return true
    }
  }

  private func checkLengths(rank: Int) throws(Mismatch) {
    var lists = [("kernel_shape", kernel), ("strides", strides), ("dilations", dilations)]
    if case .explicit(let begin, let end) = padding { lists += [("pads", begin), ("pads", end)] }
    for case (let name, let list?) in lists where list.count != rank {
      throw Mismatch("'\(name)' is for \(list.count) spatial axes, but the input has \(rank)")
    }
  }

  func checkedKernel(_ given: [Int]?, rank: Int) throws(Mismatch) -> [Int] {
    try checkLengths(rank: rank)
    if let given, let kernel, given != kernel {
      throw Mismatch("'kernel_shape' is \(kernel), but the weight's is \(given)")
    }
    guard let kernel = given ?? kernel else { throw Mismatch("'kernel_shape' is missing") }
    guard kernel.count == rank else {
      throw Mismatch("the kernel has \(kernel.count) spatial axes, but the input has \(rank)")
    }
    for size in kernel where size < 1 || size > largestExtent {
      throw Mismatch("a kernel of size \(size) is out of range")
    }
    return kernel
  }

  private func axis(_ index: Int, input: Int, kernel: Int) throws(Mismatch) -> Axis {
    guard input >= 0 && input <= largestSize else {
      throw Mismatch("a spatial size of \(input) is out of range")
    }
    let stride = strides?[index] ?? 1
    let dilation = dilations?[index] ?? 1
    // Cannot overflow: extents are at most 2^31, sizes 2^40.
    let span = dilation * (kernel - 1) + 1
    var begin = 0
    var end = 0
    switch padding {
    case .none: break
    case .explicit(let begins, let ends): (begin, end) = (begins[index], ends[index])
    case .sameUpper, .sameLower:
      let windows = (input + stride - 1) / stride
      let total = max((windows - 1) * stride + span - input, 0)
      begin = padding == .sameUpper ? total / 2 : total - total / 2
      end = total - begin
    }
    let room = input + begin + end - span
    guard room >= 0 else {
      throw Mismatch(
        "a kernel that spans \(span) does not fit an input of \(input) padded to \(input + begin + end)")
    }
    var output = room / stride + 1
    // A window that would begin in the padding at the end does not count, as in torch and ONNX Runtime.
    if roundsUp && room % stride != 0 && output * stride < input + begin { output += 1 }
    return Axis(
      input: input, output: output, kernel: kernel, stride: stride, dilation: dilation, padBegin: begin,
      padEnd: end)
  }
}

extension Node {
  /// A list of kernel sizes, strides or the like, each in a sane range.
  func extents(_ name: String, minimum: Int) throws(GraphError) -> [Int]? {
    guard let values = try ints(name) else { return nil }
    for value in values where value < minimum || value > largestExtent {
      throw invalid(name, "has \(value), which is out of range")
    }
    return values
  }
}
