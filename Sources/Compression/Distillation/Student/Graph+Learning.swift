import Graph
import Tensor

extension TypedGraph {
  /// Names of the constants that were learned, and can learn on: weights and biases of layers, factors and shifts of
  /// normalisations, tables that are looked up, and vectors that are added or multiplied. Single numbers, running
  /// statistics, masks and all that is no float32 are none.
  func learningConstants(layers: [Layer]) -> Set<String> {
    var found: Set<String> = []
    func add(_ name: String?) {
      guard let name, let tensor = graph.constants[name], tensor.dtype == .float32, tensor.count > 1,
        tensor.isFinite
      else { return }
      found.insert(name)
    }
    for layer in layers { add(layer.weight) }
    for (index, node) in graph.nodes.enumerated() {
      guard let op = operators[index] else { continue }
      for slot in op.weightSlots(inputs(of: index)) {
        add(node.input(slot.weight))
        add(slot.bias.flatMap { node.input($0) })
      }
      switch op {
      case is BatchNormalization, is LayerNormalization, is GroupNormalization, is InstanceNormalization:
        add(node.input(1))
        add(node.input(2))
      case is Gather: add(node.input(0))
      case is Add, is Mul:
        add(node.input(0))
        add(node.input(1))
      default: continue
      }
    }
    return found
  }
}

extension Tensor {
  /// Whether every float32 is a finite number.
  var isFinite: Bool {
    withElements(of: Float.self) { values in values.allSatisfy(\.isFinite) }
  }
}
