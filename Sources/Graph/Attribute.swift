import Tensor

/// The value of one attribute of a node.
public enum Attribute: Sendable {
  case int(Int)
  case float(Float)
  case string(String)
  case tensor(Tensor)
  case graph(Graph)
  case ints([Int])
  case floats([Float])
  case strings([String])
  /// That of a call, by its name there: only in the body of a function.
  case reference(String)
  /// A kind that Pare does not read (sparse tensors, types, lists of graphs); kept by the name of the kind.
  case unsupported(String)
}
