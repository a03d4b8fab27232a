import Graph
import Tensor

extension TrainingGraph {
  /// Why a graph cannot be trained: nodes on a path from a learning constant to an output that have no backward pass.
  /// Empty where all have one.
  ///
  /// - Throws: `GraphError` where an operator is not known or its inputs do not fit.
  public static func obstacles(_ graph: Graph, learning: Set<String>) throws -> [(
    node: String, operator: OperatorType
  )] {
    let typed = try graph.typed()
    var learns = learning
    var onPath: [Int] = []
    for (index, node) in graph.nodes.enumerated() where node.inputs.contains(where: learns.contains) {
      guard let op = typed.operators[index], op.carriesGradients(typed.facts[node.outputs[0]]?.dtype) else {
        continue
      }
      onPath.append(index)
      learns.formUnion(node.outputs.filter { !$0.isEmpty })
    }
    var needed = Set(graph.outputs.map(\.name))
    var obstacles: [(node: String, operator: OperatorType)] = []
    for index in onPath.reversed() {
      let node = graph.nodes[index]
      guard node.outputs.contains(where: needed.contains) else { continue }
      needed.formUnion(node.inputs)
      if (typed.operators[index] as? any Trainable)?.isTrainable(node, in: graph) != true {
        obstacles.append((node.label, node.type))
      }
    }
    return obstacles.reversed()
  }
}
