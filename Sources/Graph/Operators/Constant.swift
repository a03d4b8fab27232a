import Tensor

/// A value that is part of the graph.
public struct Constant: Operator {
  public static let type: OperatorType = "Constant"

  public let value: Tensor

  public init(_ node: Node, opset: Int) throws(GraphError) {
    if let tensor = try node.tensor("value") {
      value = tensor
    } else if let number = try node.float("value_float") {
      value = Tensor(scalar: number)
    } else if let numbers = try node.floats("value_floats") {
      value = Tensor(numbers)
    } else if let number = try node.int("value_int") {
      value = Tensor(scalar: Int64(number))
    } else if let numbers = try node.ints("value_ints") {
      value = Tensor(numbers.map { Int64($0) })
    } else if let other = node.attributes.keys.sorted().first {
      throw node.invalid(other, "holds no numbers, which is not supported")
    } else {
      throw node.invalid("value", "is missing")
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] { [Facts(value)] }
}
