import Graph

/// Puts a max-pooling in front of a function that keeps order: the function then has less to do in both directions. Where
/// it makes different numbers equal its slope is 0, so that no gradient depends on which of them is chosen.
enum PoolingFirst {
  static func applied(to typed: TypedGraph) -> TypedGraph {
    let outputs = Set(typed.graph.outputs.map(\.name))
    let producers = typed.producers
    let consumers = typed.consumers
    var (graph, operators, facts) = (typed.graph, typed.operators, typed.facts)
    for (index, op) in typed.operators.enumerated() where op is MaxPool {
      let pooled = graph.nodes[index]
      let name = pooled.inputs[0]
      guard pooled.outputs.dropFirst().allSatisfy(\.isEmpty), !outputs.contains(name),
        consumers[name]?.count == 1, let before = producers[name], let function = typed.operators[before],
        keepsOrder(function), typed.facts[name]?.dtype == .float32
      else { continue }
      // The value between the two is now as small as what comes out.
      let functionNode = typed.graph.nodes[before]
      graph.nodes[before] = pooled
      graph.nodes[before].inputs[0] = functionNode.inputs[0]
      graph.nodes[before].outputs = [name]
      graph.nodes[index] = functionNode
      graph.nodes[index].inputs[0] = name
      graph.nodes[index].outputs = [pooled.outputs[0]]
      operators[before] = op
      operators[index] = function
      facts[name] = facts[pooled.outputs[0]]
    }
    return TypedGraph(graph: graph, operators: operators, facts: facts)
  }

  private static func keepsOrder(_ op: any Operator) -> Bool { op is Relu || op is Clip }
}
