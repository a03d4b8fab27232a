import Graph
import Tensor

/// A part of a graph that is planned for certain shapes, and what comes behind it.
final class Stage: Sendable {
  /// What a stage is for.
  struct Key: Hashable, Sendable {
    /// What the stages before it are for.
    var path: [[String: Input]]
    var inputs: [String: Input]
  }

  /// What a plan knows of an input beforehand.
  enum Input: Hashable, Sendable {
    case shape(DType, Shape)
    /// A short list of integers, or a condition, by its bytes.
    case value(DType, Shape, [UInt8])

    init(_ tensor: Tensor) {
      if tensor.shape.rank <= 1, tensor.count <= 64, !tensor.dtype.isFloatingPoint {
        self = .value(tensor.dtype, tensor.shape, tensor.withUnsafeBytes { Array($0) })
      } else {
        self = .shape(tensor.dtype, tensor.shape)
      }
    }

    var constant: Tensor? {
      guard case .value(let dtype, let shape, let bytes) = self else { return nil }
      return Tensor(dtype: dtype, shape: shape) { $0.copyBytes(from: bytes) }
    }

    var layout: (dtype: DType, shape: Shape) {
      switch self {
      case .shape(let dtype, let shape), .value(let dtype, let shape, _): (dtype, shape)
      }
    }
  }

  let key: Key
  let plan: ExecutionPlan
  /// Nodes to run behind the plan, by their definitions, with the constants that they read.
  let open: [(node: Node, op: any Evaluable)]
  let constants: [String: Tensor]
  /// What then is left; without nodes where this is the last stage.
  let rest: Graph
  /// Bodies of Loops among the open nodes.
  let bodies: [Int: GraphProgram]

  init(_ graph: Graph, key: Key, threads: Int, isResumable: Bool) throws {
    self.key = key
    var bound = graph
    bound.inputs = []
    for input in graph.inputs {
      guard let given = key.inputs[input.name] else {
        throw EngineError.input(input.name, reason: "is not given")
      }
      let (dtype, shape) = given.layout
      try input.check(dtype, shape)
      if let constant = given.constant {
        bound.constants[input.name] = constant
      } else {
        bound.inputs.append(ValueInfo(name: input.name, dtype: dtype, dims: shape.dims.map { Dim($0) }))
      }
    }
    let special = try Specialization(bound)
    plan = try ExecutionPlan(
      ActivationPatterns.applied(to: special.planned()), threads: threads,
      isResumable: isResumable && key.path.isEmpty)
    constants = special.laterConstants
    open = try special.open.map { node in
      guard let op = try OperatorRegistry.resolve(node, in: graph) as? any Evaluable else {
        throw EngineError.unsupported(node: node.label, reason: "operator \(node.type) cannot be computed")
      }
      return (node, op)
    }
    var bodies: [Int: GraphProgram] = [:]
    for (index, (node, op)) in open.enumerated() {
      guard let loop = op as? Loop else { continue }
      bodies[index] = GraphProgram(loop.body.closed(over: node, constants), threads: threads)
    }
    self.bodies = bodies
    rest = Self.rest(special, of: bound)
  }

  /// What is left as a graph: its inputs are the values that it reads from before.
  private static func rest(_ special: Specialization, of graph: Graph) -> Graph {
    var rest = graph
    rest.nodes = special.rest
    let written = Set(rest.nodes.flatMap(\.outputs))
    let constants = special.laterConstants
    var seen: Set<String> = []
    rest.constants = [:]
    rest.inputs = []
    for name in rest.nodes.flatMap(\.inputs) + graph.outputs.map(\.name)
    where !name.isEmpty && !written.contains(name) && seen.insert(name).inserted {
      if let constant = constants[name] {
        rest.constants[name] = constant
      } else {
        rest.inputs.append(ValueInfo(name: name, dtype: nil, dims: nil))
      }
    }
    return rest
  }
}

extension InnerGraph {
  /// The graph with what it reads from around it as inputs, or as constants where it is known.
  fileprivate func closed(over node: Node, _ constants: [String: Tensor]) -> Graph {
    var closed = graph
    for (name, outer) in node.captured {
      if let constant = constants[outer] {
        closed.constants[name] = constant
      } else {
        closed.inputs.append(ValueInfo(name: name, dtype: nil, dims: nil))
      }
    }
    return closed
  }
}
