import Graph
import Tensor

/// What a graph does to inputs of fixed sizes, step after step, with the way back.
///
/// Values are row-major, or have their channels last: that is the order for which oneDNN has fast convolutions in all
/// three directions, and it pads nothing.
final class Tape {
  /// One action, and how gradients go back through it.
  struct Step {
    let node: String
    let results: [Gradient]
    /// - Parameter isTraining: as `TrainingGraph.forward` has it.
    let forward: (_ isTraining: Bool) throws -> Void
    /// Runs where a gradient of the results is not zero; all of them are written by then.
    let backward: (() throws -> Void)?
  }

  /// Statistics that move while the graph trains, and the node's input that they are.
  struct State {
    let node: Int
    let input: Int
    let variable: Variable
  }

  let typed: TypedGraph
  private(set) var steps: [Step] = []
  private(set) var states: [State] = []
  private var values: [String: Variable] = [:]
  /// Values in another layout than their own, so that several readers share the copy.
  private var conversions: [ObjectIdentifier: Variable] = [:]
  /// Steps that can take along what is done to their results.
  private var hosts: [ObjectIdentifier: any RiderHost] = [:]
  /// All values, which steps know by address.
  private var variables: [Variable] = []
  private let readers: [String: Int]
  private(set) var currentNode = 0

  /// The integers of quantizers whose scale learns, by the scale's name.
  let quantizers: [String: ClosedRange<Int>]

  init(_ typed: TypedGraph, quantizers: [String: ClosedRange<Int>] = [:]) {
    self.typed = typed
    self.quantizers = quantizers
    var readers = typed.consumers.mapValues(\.count)
    for output in typed.graph.outputs { readers[output.name, default: 0] += 1 }
    self.readers = readers
  }

  // MARK: Values

  func define(_ name: String, _ variable: Variable) {
    values[name] = variable
    variables.append(variable)
  }

  /// The value of a name, in the layout that it has.
  func value(_ name: String) throws -> Variable {
    if let known = values[name] { return known }
    guard let constant = typed.graph.constants[name] else {
      throw EngineError.input(name, reason: "is not given")
    }
    let variable = Variable(constant)
    define(name, variable)
    return variable
  }

  /// The value of a name in row-major order.
  func plain(_ name: String) throws -> Variable { try value(name, as: .plain) }

  func value(_ name: String, as order: MemoryOrder) throws -> Variable {
    try converted(value(name), to: order)
  }

  /// A constant that does not learn.
  func tensor(_ name: String?) -> Tensor? { name.flatMap { typed.graph.constants[$0] } }

  /// Sizes of a value of the graph.
  func dims(_ name: String) throws -> [Int] {
    guard let sizes = typed.facts[name]?.sizes else {
      throw EngineError.unsupported(node: label, reason: "the shape of '\(name)' is not known before it runs")
    }
    return sizes
  }

  /// New memory for an output of the node at hand.
  ///
  /// - Parameters:
  ///   - index: which output.
  ///   - isFree: whether the node's backward pass does without the output.
  ///   - input: a value that lies alike, and whose gradient may be written over the output's, element by element.
  func output(
    _ node: Node, _ index: Int = 0, order: MemoryOrder = .plain, hasGradient: Bool, isFree: Bool = false,
    gradientOver input: Variable? = nil
  ) throws -> Variable {
    let name = node.outputs[index]
    let variable = Variable(
      try dims(name), order: order, hasGradient: hasGradient, isFree: isFree && hasOneReader(name),
      gradient: input.flatMap { $0.isFree ? $0.gradient : nil }.map { Gradient(over: $0) })
    define(name, variable)
    return variable
  }

  func hasOneReader(_ name: String) -> Bool { readers[name] == 1 }

  /// Memory that belongs to a step.
  func keep(_ variable: Variable) -> Variable {
    variables.append(variable)
    return variable
  }

  /// Numbers that a step keeps from the way forward to the way back, or works with.
  func room(_ count: Int) -> UnsafeMutablePointer<Float> {
    keep(Variable([count], hasGradient: false)).floats
  }

  func addState(_ variable: Variable, input: Int) {
    states.append(State(node: currentNode, input: input, variable: keep(variable)))
  }

  /// The value in another layout, by a copy where the bytes differ.
  func converted(_ variable: Variable, to order: MemoryOrder) throws -> Variable {
    if variable.order == order { return variable }
    if let known = conversions[ObjectIdentifier(variable)] { return known }
    let result: Variable
    if variable.isSame(in: order) {
      result = variable.view(variable.dims, order: order)
    } else {
      result = Variable(variable.dims, order: order, hasGradient: variable.gradient != nil)
      let forward = try Copy(
        variable.dims, from: (variable.bytes, variable.order), to: (result.bytes, order), node: label)
      var backward: Copy?
      if let gradient = variable.gradient, let own = result.gradient {
        backward = try Copy(
          variable.dims, from: (UnsafeMutableRawPointer(own.floats), order),
          to: (UnsafeMutableRawPointer(gradient.floats), variable.order), node: label)
      }
      add(
        gives: [result], forward: { _ in try forward.run() },
        backward: {
          guard let gradient = variable.gradient else { return }
          try backward?.run(isAdding: gradient.startAdding())
        })
    }
    conversions[ObjectIdentifier(variable)] = keep(result)
    return result
  }

  // MARK: Steps

  /// Says that the step that gives a value can take an elementwise function along.
  func setHost(_ host: any RiderHost, of variable: Variable) { hosts[ObjectIdentifier(variable)] = host }

  func host(of variable: Variable) -> (any RiderHost)? { hosts[ObjectIdentifier(variable)] }

  /// The node at hand, for messages.
  var label: String { typed.graph.nodes.isEmpty ? "" : typed.graph.nodes[currentNode].label }

  func begin(_ index: Int) { currentNode = index }

  /// - Parameter backward: nil where nothing behind the step learns.
  func add(
    gives results: [Variable], forward: @escaping (Bool) throws -> Void, backward: (() throws -> Void)? = nil
  ) {
    let gradients = results.compactMap(\.gradient)
    steps.append(
      Step(
        node: label, results: gradients, forward: forward, backward: gradients.isEmpty ? nil : backward))
  }

  /// All gradients, each once.
  var gradients: [Gradient] {
    var seen: Set<ObjectIdentifier> = []
    return variables.compactMap(\.gradient).filter { seen.insert(ObjectIdentifier($0)).inserted }
  }
}
