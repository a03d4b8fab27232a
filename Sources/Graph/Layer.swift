import Tensor

/// A constant weight of rank 2 or more and the node that has it: what a person prunes and quantizes. Few nodes have
/// several.
public struct Layer: Sendable, Hashable {
  /// A name that a person can use, unique in the model.
  public var name: String
  /// Index of the node in `Graph.nodes`.
  public var node: Int
  public var type: OperatorType
  /// Name of the constant that holds the weight.
  public var weight: String
  /// Name of the constant that holds the bias, if there is one.
  public var bias: String?
  /// The weight's sizes, as stored.
  public var shape: Shape
  public var slot: WeightSlot
  /// Weight and bias elements.
  public var parameters: Int
  /// Multiply-accumulates for one sample; nil where a size is not known.
  public var macs: Int?

  public init(
    name: String, node: Int, type: OperatorType, weight: String, bias: String?, shape: Shape,
    slot: WeightSlot, parameters: Int, macs: Int?
  ) {
    self.name = name
    self.node = node
    self.type = type
    self.weight = weight
    self.bias = bias
    self.shape = shape
    self.slot = slot
    self.parameters = parameters
    self.macs = macs
  }

  /// Name of the value that the weight is multiplied with; nil where it is no input of the node.
  public func data(in graph: Graph) -> String? { slot.data.flatMap { graph.nodes[node].input($0) } }
}
