import Tensor

/// A layer that reads a sequence step by step and keeps a state.
///
/// With T steps, N samples, I inputs, H units, D directions and G gates: data `[T, N, I]`, weight `[D, G·H, I]`,
/// recurrent weight `[D, G·H, H]`, optional bias `[D, 2·G·H]` of the first and then of the second, lengths `[N]`,
/// states at the beginning `[D, N, H]`. Outputs are what comes out of every step, `[T, D, N, H]`, and the states behind
/// the last one, `[D, N, H]`. With `isBatchFirst` the sample comes first everywhere.
public protocol Recurrent: Operator {
  var form: RecurrentForm { get }
  static var gates: Int { get }
  /// The inputs that hold states at the beginning; as many outputs hold those at the end.
  static var states: [Int] { get }
}

/// What all recurrent layers have in common.
public struct RecurrentForm: Hashable, Sendable {
  public enum Direction: String, Hashable, Sendable { case forward, reverse, bidirectional }

  public let direction: Direction
  /// nil where only the weights say it.
  public let hiddenSize: Int?
  public let isBatchFirst: Bool
  /// To what the argument of an activation is limited on both sides.
  public let clip: Float?
  /// Of all directions, one after another.
  public let activations: [RecurrentActivation]

  public var directions: Int { direction == .bidirectional ? 2 : 1 }

  init(_ node: Node, activations defaults: [RecurrentActivation.Function]) throws(GraphError) {
    let name = try node.string("direction") ?? "forward"
    guard let direction = Direction(rawValue: name) else {
      throw node.invalid("direction", "is '\(name)', which is no direction")
    }
    self.direction = direction
    hiddenSize = try node.int("hidden_size")
    if let hiddenSize, hiddenSize < 1 || hiddenSize > largestExtent {
      throw node.invalid("hidden_size", "is \(hiddenSize), which is out of range")
    }
    isBatchFirst = try node.bool("layout", default: false)
    clip = try node.float("clip")
    if let clip, !(clip >= 0) { throw node.invalid("clip", "is \(clip), but must not be negative") }
    activations = try RecurrentActivation.all(
      node, defaults: defaults, directions: direction == .bidirectional ? 2 : 1)
  }
}

extension Recurrent {
  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    try inferRecurrent(inputs, weight: inputs.required(1), recurrent: inputs.required(2))
  }

  /// - Parameters:
  ///   - weight: `[D, G·H, I]`, of the data's type.
  ///   - recurrent: `[D, G·H, H]`.
  func inferRecurrent(_ inputs: [Facts?], weight: Facts, recurrent: Facts) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(dtypeIn: [.float32, .float64, .float16, .bfloat16], "the data")
    try x.require(rank: 3, "the data")
    try weight.require(rank: 3, "the weight")
    try recurrent.require(rank: 3, "the recurrent weight")
    try weight.require(dtypeOf: x, "the weight")
    try recurrent.require(dtypeOf: x, "the recurrent weight")
    let data = x.dims ?? [.unknown, .unknown, .unknown]
    let (steps, samples) = form.isBatchFirst ? (data[1], data[0]) : (data[0], data[1])
    let hidden = form.hiddenSize.map { Dim($0) } ?? recurrent.dims?[2] ?? .unknown
    let rows = hidden * Dim(Self.gates)
    let directions = Dim(form.directions)
    try weight.require(dims: [directions, rows, data[2]], "the weight")
    try recurrent.require(dims: [directions, rows, hidden], "the recurrent weight")
    if let bias = inputs.optional(3) {
      try bias.require(dtypeOf: x, "the bias")
      try bias.require(dims: [directions, rows * 2], "the bias")
    }
    if let lengths = inputs.optional(4) {
      try lengths.require(dtypeIn: [.int32], "the list of lengths")
      try lengths.require(length: samples, "the list of lengths")
    }
    let state = form.isBatchFirst ? [samples, directions, hidden] : [directions, samples, hidden]
    for input in Self.states {
      guard let initial = inputs.optional(input) else { continue }
      try initial.require(dtypeOf: x, "state \(input)")
      try initial.require(dims: state, "state \(input)")
    }
    let dtype = x.dtype ?? weight.dtype
    let all =
      form.isBatchFirst ? [samples, steps, directions, hidden] : [steps, directions, samples, hidden]
    return [Facts(dtype: dtype, dims: all)] + Self.states.map { _ in Facts(dtype: dtype, dims: state) }
  }

  /// Every element of both weights is used once for each step and sample.
  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    guard let data = inputs.optional(0)?.dims, let weight = inputs.optional(1)?.dims,
      let recurrent = inputs.optional(2)?.dims, data.count == 3
    else { return .unknown }
    return data[0] * data[1] * (weight.product + recurrent.product)
  }

  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    let bias = inputs.optional(3) == nil ? nil : 3
    return [
      WeightSlot(weight: 1, bias: bias, data: 0, outputAxis: 1, inputAxis: 2, role: "input"),
      WeightSlot(weight: 2, bias: nil, data: nil, outputAxis: 1, inputAxis: 2, role: "recurrent"),
    ]
  }

  /// Samples go through, and inputs can go where their weights go; units feed each other and all stay.
  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    let sample = form.isBatchFirst ? 0 : 1
    var links = [AxisLink.between((0, 2), (1, 2)), .from(0, sample, to: form.isBatchFirst ? 0 : 2)]
    let data = AxisLink.Axis(.input(0), sample)
    if inputs.optional(4) != nil { links.append(AxisLink(data, .init(.input(4), 0))) }
    for (index, input) in Self.states.enumerated() {
      if inputs.optional(input) != nil { links.append(AxisLink(data, .init(.input(input), sample))) }
      if outputs.indices.contains(index + 1) {
        links.append(AxisLink(data, .init(.output(index + 1), sample)))
      }
    }
    return links
  }
}

extension Facts {
  /// Sizes of every axis.
  func require(dims expected: [Dim], _ what: String) throws(Mismatch) {
    try require(rank: expected.count, what)
    guard let dims, zip(dims, expected).contains(where: { $0.contradicts($1) }) else { return }
    throw Mismatch("\(what) is \(dims.text) instead of \(expected.text)")
  }
}
