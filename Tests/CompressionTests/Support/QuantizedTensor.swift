import Graph
import Tensor

/// How a value of a graph is quantized.
struct QuantizedTensor {
  /// nil for a value that a pair rounds.
  var integers: [Int]?
  var scales: [Float]
  var zeroPoints: [Int]
  var dtype: DType?

  /// By the names that values and constants had before.
  static func all(in graph: Graph) -> [String: QuantizedTensor] {
    var found: [String: QuantizedTensor] = [:]
    let outputs = Set(graph.outputs.map(\.name))
    for node in graph.nodes {
      guard node.type == "QuantizeLinear" || graph.constants[node.inputs[0]] != nil,
        node.type == "QuantizeLinear" || node.type == "DequantizeLinear",
        let scale = graph.constants[node.inputs[1]]
      else { continue }
      let zero = node.input(2).flatMap { graph.constants[$0] }
      let constant = graph.constants[node.inputs[0]]
      var name = node.inputs[0]
      if let back = graph.nodes.first(where: { $0.inputs.first == node.outputs[0] })?.outputs[0],
        outputs.contains(back)
      {
        name = back
      }
      found[name] = QuantizedTensor(
        integers: constant?.integers, scales: scale.floats,
        zeroPoints: zero?.integers ?? scale.floats.map { _ in 0 },
        dtype: constant?.dtype ?? zero?.dtype)
    }
    return found
  }
}
