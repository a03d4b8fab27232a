import Graph
import Tensor

/// A graph prepared to learn from batches of one fixed size.
///
/// Runs on the thread that calls, and does everything in the same order each time, so that the same inputs give the
/// same bits. Several graphs may run on several threads at once, one graph on one at a time.
public final class TrainingGraph {
  /// Names of the constants that learn, sorted.
  public let parameters: [String]
  private let graph: Graph
  private let tape: Tape
  private let inputs: [(name: String, variable: Variable)]
  private let outputs: [(name: String, dtype: DType?, variable: Variable)]
  private let learning: [String: Variable]
  private let gradients: [Gradient]

  /// - Parameters:
  ///   - learning: names of float32 constants of the graph that get gradients.
  ///   - inputs: type and shape of every graph input, the batch along the first axis.
  ///   - keeps: names of intermediate values that the caller wants to read, or to give gradients for, beside the
  ///     outputs.
  ///   - quantizers: the integers that QuantizeLinear nodes round to whose scale, of this name, learns.
  ///   - other: a graph with the same parameters, whose values are also this one's.
  /// - Throws: `EngineError` or `GraphError` that names the node that cannot be trained, or the name that does not fit.
  public init(
    _ graph: Graph, learning names: Set<String>, inputs: [String: (dtype: DType, shape: Shape)],
    keeps: Set<String> = [], quantizers: [String: ClosedRange<Int>] = [:], sharing other: TrainingGraph? = nil
  ) throws {
    // oneDNN lays out at the making for how many threads a primitive runs.
    Library.useThreads(1)
    self.graph = graph
    parameters = names.sorted()
    let typed = try Self.specialized(graph, learning: parameters, inputs: inputs, keeps: keeps)
    let tape = Tape(typed, quantizers: quantizers)
    var learning: [String: Variable] = [:]
    for name in parameters {
      guard let tensor = graph.constants[name] else { continue }
      let variable: Variable
      if let shared = other?.learning[name] {
        variable = Variable(
          viewing: shared, dims: shared.dims, order: shared.order, gradient: Gradient(count: shared.count))
      } else {
        variable = Variable(tensor.shape.dims, hasGradient: true)
        tensor.withUnsafeBytes { variable.bytes.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
      }
      tape.define(name, variable)
      learning[name] = variable
    }
    self.learning = learning
    self.inputs = graph.inputs.map { input in
      let (dtype, shape) = inputs[input.name]!
      let variable = Variable(shape.dims, dtype: dtype, hasGradient: false)
      tape.define(input.name, variable)
      return (input.name, variable)
    }
    let nodes = tape.neededNodes
    try tape.checkMemory(nodes)
    for index in nodes { try tape.add(node: index) }
    outputs = try typed.graph.outputs.map { output in
      (output.name, typed.facts[output.name]?.dtype, try tape.plain(output.name))
    }
    gradients = tape.gradients
    self.tape = tape
  }

  /// The graph for these inputs, with all computed that does not depend on them or on what learns.
  private static func specialized(
    _ graph: Graph, learning: [String], inputs: [String: (dtype: DType, shape: Shape)], keeps: Set<String>
  ) throws -> TypedGraph {
    var bound = graph
    bound.inputs = try graph.inputs.map { input in
      guard let (dtype, shape) = inputs[input.name] else {
        throw EngineError.input(input.name, reason: "is not given")
      }
      try input.check(dtype, shape)
      return ValueInfo(name: input.name, dtype: dtype, dims: shape.dims.map { Dim($0) })
    }
    bound.separateStatistics(from: learning)
    for name in learning {
      guard let tensor = graph.constants[name], tensor.dtype == .float32 else {
        throw EngineError.input(name, reason: "is no float32 constant of the graph, so it cannot learn")
      }
      bound.constants[name] = nil
      bound.inputs.append(
        ValueInfo(name: name, dtype: .float32, dims: tensor.shape.dims.map { Dim($0) }))
    }
    let known = Set(bound.inputs.map(\.name) + bound.nodes.flatMap(\.outputs)).union(bound.constants.keys)
    let outputs = Set(graph.outputs.map(\.name))
    for name in keeps.sorted() where !outputs.contains(name) {
      guard known.contains(name) else {
        throw EngineError.input(name, reason: "is no value of the graph, so it cannot be kept")
      }
      bound.outputs.append(ValueInfo(name: name, dtype: nil, dims: nil))
    }
    let special = try Specialization(bound)
    if let node = special.open.first ?? special.rest.first {
      throw EngineError.unsupported(
        node: node.label, reason: "has sizes that depend on what is computed, so the graph cannot be trained")
    }
    return PoolingFirst.applied(to: ActivationPatterns.applied(to: special.planned()))
  }

  /// The live values of a parameter, row-major; what is written there is used by the next forward.
  public func withParameter<R>(_ name: String, _ body: (UnsafeMutableBufferPointer<Float>) throws -> R)
    rethrows
    -> R
  {
    let variable = parameter(name)
    return try body(UnsafeMutableBufferPointer(start: variable.floats, count: variable.count))
  }

  /// The gradient that the last backward left, row-major.
  public func withGradient<R>(_ name: String, _ body: (UnsafeMutableBufferPointer<Float>) throws -> R)
    rethrows
    -> R
  {
    let gradient = parameter(name).gradient!
    return try body(UnsafeMutableBufferPointer(start: gradient.floats, count: gradient.count))
  }

  /// Sizes of an output or a kept value.
  public func shape(of name: String) -> Shape? { outputs.first { $0.name == name }?.variable.shape }

  private func parameter(_ name: String) -> Variable {
    guard let variable = learning[name] else { preconditionFailure("'\(name)' is no parameter") }
    return variable
  }

  /// Runs the graph.
  ///
  /// - Parameter isTraining: whether batch normalisation takes the batch's statistics and moves its running ones;
  ///   Dropout stays as the graph says.
  /// - Returns: outputs and kept values.
  /// - Throws: `EngineError.input` where an input does not fit, or what a step throws.
  public func forward(_ inputs: [String: Tensor], isTraining: Bool) throws -> [String: Tensor] {
    Library.useThreads(1)
    for (name, variable) in self.inputs {
      guard let tensor = inputs[name] else { throw EngineError.input(name, reason: "is not given") }
      try Self.check(tensor, against: variable, name)
      tensor.withUnsafeBytes { bytes in
        if let start = bytes.baseAddress {
          variable.bytes.copyMemory(from: start, byteCount: bytes.count)
        }
      }
    }
    for step in tape.steps { try step.forward(isTraining) }
    var results: [String: Tensor] = [:]
    for (name, dtype, variable) in outputs {
      let tensor = variable.copied
      results[name] = dtype.map { tensor.converted(to: $0) } ?? tensor
    }
    return results
  }

  /// Goes back from gradients of outputs and kept values, of which missing ones are 0, to those of the parameters,
  /// which it overwrites. Follows a `forward` and belongs to its inputs.
  ///
  /// - Throws: `EngineError.input` where a gradient does not fit, or what a step throws.
  public func backward(_ gradients: [String: Tensor]) throws {
    Library.useThreads(1)
    for gradient in self.gradients { gradient.reset() }
    for name in gradients.keys.sorted() {
      guard let tensor = gradients[name], let output = outputs.first(where: { $0.name == name }) else {
        throw EngineError.input(name, reason: "is no output and no kept value, so it takes no gradient")
      }
      try Self.check(tensor, against: output.variable, name)
      guard let gradient = output.variable.gradient else { continue }
      let isAdding = gradient.startAdding()
      tensor.withElements(of: Float.self) { elements in
        for index in elements.indices {
          gradient.floats[index] = (isAdding ? gradient.floats[index] : 0) + elements[index]
        }
      }
    }
    for step in tape.steps.reversed() {
      guard let backward = step.backward, step.results.contains(where: \.isWritten) else { continue }
      for gradient in step.results { gradient.settle() }
      try backward()
    }
    for variable in learning.values { variable.gradient?.settle() }
  }

  private static func check(_ tensor: Tensor, against variable: Variable, _ name: String) throws {
    guard tensor.dtype == variable.dtype && tensor.shape == variable.shape else {
      throw EngineError.input(
        name,
        reason: "is \(tensor.dtype) \(tensor.shape), but was prepared for \(variable.dtype) \(variable.shape)"
      )
    }
  }

  /// The graph with the parameters' present values as constants, and the statistics that moved.
  public func trained() -> Graph {
    var trained = graph
    for (name, variable) in learning { trained.constants[name] = variable.copied }
    for state in tape.states { trained.put(state, of: tape.typed.graph.nodes[state.node]) }
    return trained
  }
}
