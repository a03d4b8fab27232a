import Graph
import Tensor

extension Gemm: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    guard !transposesLeft, let weight = plan.tensor(node.input(1)), weight.dtype == .float32,
      try plan.value(node.inputs[0]).isFloat, let outputs = try plan.dims(node.outputs[0]).last,
      weight.count > 0
    else { return false }
    var bias: [Float]?
    if let name = node.input(2) {
      guard let tensor = plan.tensor(name), tensor.dtype == .float32, let row = tensor.row(of: outputs) else {
        return false
      }
      bias = beta == 1 ? row : row.map { $0 * beta }
    }
    let input = try plan.plain(node.inputs[0], node: node.label)
    guard input.dims[0] > 0 else { return false }
    try plan.lowerDense(
      input, weight: alpha == 1 ? weight : weight.scaled(by: alpha), isTransposed: !transposesRight,
      bias: bias, output: node.outputs[0], node: node)
    return true
  }
}

extension Tensor {
  /// A bias as one number for each of `count` outputs; nil where it differs between rows.
  fileprivate func row(of count: Int) -> [Float]? {
    guard shape.dims.dropLast().allSatisfy({ $0 == 1 }) else { return nil }
    let values = floats
    return values.count == count
      ? values : values.count == 1 ? Array(repeating: values[0], count: count) : nil
  }

  fileprivate func scaled(by factor: Float) -> Tensor {
    Tensor(floats.map { $0 * factor }, shape: shape)
  }
}
