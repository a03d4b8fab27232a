import Tensor

/// An operator with its attributes read: knows its own facts, and nothing of how it is computed.
///
/// One file and one line in `OperatorRegistry` for each.
public protocol Operator: Sendable {
  static var type: OperatorType { get }

  /// Reads the attributes as version `opset` of the operator's domain defines them.
  ///
  /// - Throws: `GraphError.attribute` where one has the wrong kind or an impossible value.
  init(_ node: Node, opset: Int) throws(GraphError)

  /// The facts of the outputs, in order, from those of the inputs; nil for an input that is left out.
  ///
  /// - Throws: `Operator.Mismatch` where inputs do not fit each other or the attributes.
  func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts]

  /// Multiply-accumulates of one run on these shapes: 0 where the operator has none to speak of.
  func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim

  /// Where the operator keeps its weights: most that have any have one.
  func weightSlots(_ inputs: [Facts?]) -> [WeightSlot]

  /// Which axes of inputs and outputs belong together. An axis without a link cannot be shortened.
  func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink]

  /// The input that passes through unchanged but for its type, layout or shape, so that a weight behind
  /// this node is still that weight: 0 for Identity and DequantizeLinear, nil for most.
  var weightPath: Int? { get }

  /// The same where it depends on the inputs.
  func weightPath(_ inputs: [Facts?]) -> Int?

  /// Whether the operator only moves or selects values of input 0, each output element being one of them:
  /// quantizing before it or behind it is the same.
  var selects: Bool { get }

  /// Whether scaling positions of input 0 by a factor above 0 scales the positions of output 0 that `links` ties to
  /// them by the same factor and changes nothing else: true of what selects, of Relu and of means.
  var isPositivelyHomogeneous: Bool { get }

  /// Lists of inputs that set the scale of output 0 together: where positions along an axis of all inputs of one list are
  /// scaled by a factor above 0, those of the output that belong to them are scaled by the same factor, and nothing
  /// else changes. Which belong together `links` says, or else they are aligned at the right.
  func scalings(_ inputs: [Facts?]) -> [[Int]]
}

extension Operator {
  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim { 0 }
  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] { [] }
  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] { [] }
  public var weightPath: Int? { nil }
  public func weightPath(_ inputs: [Facts?]) -> Int? { weightPath }
  public var selects: Bool { false }
  public var isPositivelyHomogeneous: Bool { selects }
  /// Of a node with one weight the weight and the bias.
  public func scalings(_ inputs: [Facts?]) -> [[Int]] {
    let slots = weightSlots(inputs)
    return slots.count == 1 ? slots.map { slot in [slot.weight] + (slot.bias.map { [$0] } ?? []) } : []
  }
}

/// Inputs that an operator cannot take, in a sentence without a subject: "needs 3 inputs but has 2".
public struct Mismatch: Error, Hashable, Sendable {
  public let reason: String
  public init(_ reason: String) { self.reason = reason }
}

/// Where an operator keeps one of its weights, and which of the weight's axes is which.
public struct WeightSlot: Hashable, Sendable {
  public var weight: Int
  public var bias: Int?
  /// The input that the weight is multiplied with; nil where that is no input, but what the operator computed before,
  /// as in a recurrent layer.
  public var data: Int?
  public var outputAxis: Int
  public var inputAxis: Int
  /// What the weight is to its operator, where that has several: "recurrent".
  public var role: String?
  /// The operator that the weight belongs to, where it is in a graph inside the node.
  public var type: OperatorType?
  /// Set where several weights share an element of the constant.
  public var packing: WeightPacking?

  public init(
    weight: Int, bias: Int?, data: Int?, outputAxis: Int, inputAxis: Int, role: String? = nil,
    type: OperatorType? = nil, packing: WeightPacking? = nil
  ) {
    self.weight = weight
    self.bias = bias
    self.data = data
    self.outputAxis = outputAxis
    self.inputAxis = inputAxis
    self.role = role
    self.type = type
    self.packing = packing
  }
}

/// Weights that an operator itself takes out of the elements of a constant, such as two of 4 bits out of a byte.
public struct WeightPacking: Hashable, Sendable {
  /// How many weights there are.
  public var count: Int
  /// What one takes.
  public var bits: Int
  /// The inputs that are their scales and zero points.
  public var parameters: [Int]
}

/// Position `k` on `from` is positions `offset + k * block ..< offset + (k + 1) * block` on `to`; taking one
/// away takes the others. Positions beyond the end of `to` are none, so that an axis can be linked to itself at
/// an offset.
public struct AxisLink: Hashable, Sendable {
  public enum Side: Hashable, Sendable {
    case input(Int)
    case output(Int)
  }

  public struct Axis: Hashable, Sendable {
    public var side: Side
    public var axis: Int
    public init(_ side: Side, _ axis: Int) {
      self.side = side
      self.axis = axis
    }
  }

  public var from: Axis
  public var to: Axis
  public var block: Int
  public var offset: Int

  public init(_ from: Axis, _ to: Axis, block: Int = 1, offset: Int = 0) {
    self.from = from
    self.to = to
    self.block = block
    self.offset = offset
  }
}
