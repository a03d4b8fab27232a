import Tensor

/// A named value that enters or leaves a graph, with what its file says about it.
public struct ValueInfo: Sendable, Hashable {
  public var name: String
  public var dtype: DType?
  /// nil where the rank is not given.
  public var dims: [Dim]?

  public init(name: String, dtype: DType?, dims: [Dim]?) {
    self.name = name
    self.dtype = dtype
    self.dims = dims
  }
}

/// A network in ONNX semantics: an immutable value that counting, evaluating and exporting all read.
public struct Graph: Sendable {
  public var name: String
  /// Values given at run time; those with a default among the constants are not listed.
  public var inputs: [ValueInfo]
  public var outputs: [ValueInfo]
  /// In an order in which every value is written before it is read.
  public var nodes: [Node]
  /// Initializers, and the tensors of Constant nodes, by the name of their value.
  public var constants: [String: Tensor]
  /// Version of the operator set by domain; ONNX's own domain is the empty one.
  public var opsets: [String: Int]
  /// Bits that an element of a constant needs where its type holds more: a 5-bit weight in an int8 tensor.
  public var widths: [String: Int]
  /// Free text that the file carries.
  public var metadata: [String: String]
  /// Numbers for named sizes, by which multiply-accumulates are counted; the graph itself stays open to others, and no
  /// file holds them.
  public var sizes: [String: Int] = [:]

  public init(
    name: String = "", inputs: [ValueInfo] = [], outputs: [ValueInfo] = [], nodes: [Node] = [],
    constants: [String: Tensor] = [:], opsets: [String: Int] = ["": 17], widths: [String: Int] = [:],
    metadata: [String: String] = [:]
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.nodes = nodes
    self.constants = constants
    self.opsets = opsets
    self.widths = widths
    self.metadata = metadata
  }

  /// The version of the operator set that `type` belongs to.
  public func opset(of type: OperatorType) -> Int { opsets[type.domain] ?? 1 }

  /// Bits that one element of constant `name` takes when stored at its width.
  public func width(of name: String) -> Int? { widths[name] ?? constants[name]?.dtype.bits }
}
