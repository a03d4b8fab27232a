import Tensor

/// A convolution of 8-bit integers, whose zero points are taken off before: sums are int32.
///
/// Inputs are data, weight, and optionally the data's zero point and the weight's, which may be one for each filter.
public struct ConvInteger: Operator {
  public static let type: OperatorType = "ConvInteger"

  public let convolution: Conv

  public init(_ node: Node, opset: Int) throws(GraphError) { convolution = try Conv(node, opset: opset) }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let (x, w) = (try inputs.required(0), try inputs.required(1))
    try convolution.check(
      integers: x, zeroPoint: inputs.optional(2), weight: w, zeroPoint: inputs.optional(3))
    return [Facts(dtype: .int32, dims: try convolution.shape(x, w))]
  }

  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim { convolution.macs(inputs, outputs) }

  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    [WeightSlot(weight: 1, bias: nil, data: 0, outputAxis: 0, inputAxis: 1)]
  }
}

/// A convolution of 8-bit numbers with scales and zero points, which gives such numbers.
///
/// Inputs are data, its scale and zero point, weight, its scale and zero point, the output's scale and zero point, and
/// optionally an int32 bias in steps of the two scales' product.
public struct QLinearConv: Operator {
  public static let type: OperatorType = "QLinearConv"

  public let convolution: Conv

  public init(_ node: Node, opset: Int) throws(GraphError) { convolution = try Conv(node, opset: opset) }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let (x, w) = (try inputs.required(0), try inputs.required(3))
    let zeroPoint = try inputs.required(7)
    try convolution.check(
      integers: x, zeroPoint: try inputs.required(2), weight: w, zeroPoint: try inputs.required(5))
    try inputs.required(1).requireScale("the data's scale")
    try inputs.required(6).requireScale("the output's scale")
    let weightScale = try inputs.required(4)
    try weightScale.require(dtypeIn: [.float32], "the weight's scale")
    try weightScale.requireOneOrEach(w.dims?.first ?? .unknown, "the weight's scale")
    try zeroPoint.require(dtypeIn: [.int8, .uint8], "the output's zero point")
    try zeroPoint.requireSingle("the output's zero point")
    if let bias = inputs.optional(8) {
      try bias.require(dtypeIn: [.int32], "the bias")
      try bias.require(length: w.dims?.first ?? .unknown, "the bias")
    }
    return [Facts(dtype: zeroPoint.dtype, dims: try convolution.shape(x, w))]
  }

  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    convolution.macs([inputs.optional(0), inputs.optional(3)], outputs)
  }

  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    [
      WeightSlot(
        weight: 3, bias: inputs.optional(8) == nil ? nil : 8, data: 0, outputAxis: 0, inputAxis: 1)
    ]
  }
}

extension Conv {
  /// The output's sizes for data and weight of any element types.
  fileprivate func shape(_ x: Facts, _ w: Facts) throws(Mismatch) -> [Dim]? {
    try infer([Facts(dims: x.dims), Facts(dims: w.dims)])[0].dims
  }

  fileprivate func check(
    integers x: Facts, zeroPoint: Facts?, weight: Facts, zeroPoint weightZeroPoint: Facts?
  ) throws(Mismatch) {
    try x.require(dtypeIn: [.int8, .uint8], "the data")
    try weight.require(dtypeIn: [.int8, .uint8], "the weight")
    if let zeroPoint {
      try zeroPoint.require(dtypeOf: x, "the data's zero point")
      try zeroPoint.requireSingle("the data's zero point")
    }
    if let weightZeroPoint {
      try weightZeroPoint.require(dtypeOf: weight, "the weight's zero point")
      try weightZeroPoint.requireOneOrEach(weight.dims?.first ?? .unknown, "the weight's zero point")
    }
  }
}

extension Facts {
  /// One float32 number.
  func requireScale(_ what: String) throws(Mismatch) {
    try require(dtypeIn: [.float32], what)
    try requireSingle(what)
  }

  /// One element, or a list of one for each of `count`.
  func requireOneOrEach(_ count: Dim, _ what: String) throws(Mismatch) {
    try require(rankAtMost: 1, what)
    guard let own = self.count, own != 1 else { return }
    if Dim(own).contradicts(count) { throw Mismatch("\(what) has \(own) elements instead of \(count)") }
  }
}
