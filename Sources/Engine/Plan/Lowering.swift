import Graph
import Tensor

/// An operator that has a fast form: it adds steps to a plan, and may take following nodes into them.
///
/// One file in `Kernels` for each.
protocol Lowerable: Operator {
  /// - Returns: false where this form has no fast kernel; the plain definition then serves. Nothing may have
  ///   been added to the plan by then.
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool
}

/// A plan while it is made: the values so far, the steps so far, and the graph around the node at hand.
struct Lowering {
  let typed: TypedGraph
  private let consumers: [String: [Int]]
  private let outputNames: Set<String>
  private(set) var values: [String: Value] = [:]
  private(set) var steps: [PlannedStep] = []
  private(set) var slots: [Slot] = []
  private(set) var constants: [Tensor] = []
  private var absorbed: Set<Int> = []
  /// Slots that are known under more than one name.
  private var shared: Set<Int> = []
  private var current = 0
  /// The nodes that the one at hand has taken in, and its first step.
  private var taken: [Int] = []
  private var first = 0

  /// A step and the slots that it touches.
  struct PlannedStep: Sendable {
    var node: String
    var step: any Step
    var slots: [Int]
    let values: [Value]
    /// What it does, to what, where that is asked for.
    var fingerprint: ContentHash?
    /// The node whose weights it is one of the steps to bring in.
    var weighty: Int?
    /// What it takes, in nanoseconds of one core, by a plain model.
    var cost = 0.0
  }

  /// A part of the workspace.
  struct Slot: Sendable {
    var byteCount: Int
  }

  init(_ typed: TypedGraph) {
    self.typed = typed
    consumers = typed.consumers
    outputNames = Set(typed.graph.outputs.map(\.name))
  }

  // MARK: Values

  mutating func define(_ name: String, _ value: Value) { values[name] = value }

  /// Makes a tensor that is known now a value.
  mutating func constant(_ tensor: Tensor) -> Value {
    constants.append(tensor)
    return Value(
      dtype: tensor.dtype, dims: tensor.shape.dims, order: .plain, place: .constant(constants.count - 1))
  }

  /// The value of a name, which an earlier node wrote.
  func value(_ name: String) throws -> Value {
    guard let value = values[name] else { throw EngineError.input(name, reason: "is not given") }
    return value
  }

  /// The tensor behind a name, where it is known before the plan runs.
  func tensor(_ name: String?) -> Tensor? {
    guard let name, let value = values[name], case .constant(let index) = value.place else { return nil }
    return constants[index]
  }

  /// New memory in the workspace.
  mutating func allocate(_ dims: [Int], _ order: MemoryOrder = .plain, dtype: DType = .float32) -> Value {
    let value = Value(dtype: dtype, dims: dims, order: order, place: .slot(slots.count))
    slots.append(Slot(byteCount: value.byteCount))
    return value
  }

  /// Memory for an elementwise result: the input's own where nothing reads it afterwards, or else new.
  mutating func allocateOver(_ name: String, _ value: Value) -> Value {
    if case .slot(let slot) = value.place, !shared.contains(slot), isReadOnce(name) { return value }
    return allocate(value.dims, value.order, dtype: value.dtype)
  }

  /// Gives the bytes of `name` another name and shape.
  mutating func alias(
    _ output: String, of name: String, _ value: Value, dims: [Int], order: MemoryOrder = .plain
  ) {
    if case .slot(let slot) = value.place, !isReadOnce(name) { shared.insert(slot) }
    var view = value
    view.dims = dims
    view.order = order
    define(output, view)
  }

  private func isReadOnce(_ name: String) -> Bool {
    consumers[name]?.count == 1 && !outputNames.contains(name)
  }

  /// The value in another layout, by a copy where it has another one.
  mutating func converted(_ value: Value, to order: MemoryOrder, node: String) throws -> Value {
    if value.order == order { return value }
    if value.isSame(in: order) {
      var view = value
      view.order = order
      return view
    }
    let result = allocate(value.dims, order, dtype: value.dtype)
    let primitive = try Primitive.reorder(
      from: MemoryDescriptor(value.dims, order: value.order),
      to: MemoryDescriptor(value.dims, order: order), node: node)
    add(
      PrimitiveStep(
        primitive, [(.source, .value(value)), (.destination, .value(result))]),
      node: node, touching: [value, result])
    return result
  }

  /// The value of a name in row-major order.
  mutating func plain(_ name: String, node: String) throws -> Value {
    try converted(value(name), to: .plain, node: node)
  }

  // MARK: Steps

  mutating func add(_ step: any Step, node: String, touching values: [Value]) {
    let slots = values.compactMap { if case .slot(let slot) = $0.place { slot } else { nil } }
    steps.append(PlannedStep(node: node, step: step, slots: slots, values: values))
  }

  /// Says of the steps of the node at hand what they do, once they are all there.
  mutating func mark(_ fingerprints: inout Fingerprints) {
    let indices = [current] + taken
    let nodes = indices.map { typed.graph.nodes[$0] }
    let work = fingerprints.add(nodes)
    let macs = indices.reduce(0) { sum, index in
      sum + (typed.operators[index]?.macs(typed.inputs(of: index), typed.outputs(of: index)).value ?? 0)
    }
    let isWeighty = macs > 0 && nodes.flatMap(\.inputs).contains { (tensor($0)?.shape.rank ?? 0) >= 2 }
    for (place, index) in (first..<steps.count).enumerated() {
      let layout = steps[index].values.map { "\($0.dtype.rawValue) \($0.dims) \($0.order)" }
      steps[index].fingerprint = ContentHash([work, ContentHash("\(place) \(layout)")])
      if isWeighty { steps[index].weighty = current }
      let bytes = steps[index].slots.reduce(0) { $0 + slots[$1].byteCount }
      steps[index].cost = Double(bytes) * Self.nanosecondsPerByte
    }
    if first < steps.count { steps[first].cost += Double(macs) * Self.nanosecondsPerMAC }
  }

  /// A core's usual speed, which is all that a choice of checkpoints needs.
  private static let nanosecondsPerMAC = 1.0 / 32
  private static let nanosecondsPerByte = 1.0 / 4

  // MARK: Neighbours

  /// Starts on node `index`; false where an earlier one has taken it in.
  mutating func begin(_ index: Int) -> Bool {
    current = index
    taken = []
    first = steps.count
    return !absorbed.contains(index)
  }

  /// The only node that reads `name`, unless it is also an output of the graph.
  func soleReader(of name: String) -> (index: Int, node: Node, op: any Operator)? {
    guard !outputNames.contains(name), let readers = consumers[name], readers.count == 1 else { return nil }
    let index = readers[0]
    guard !absorbed.contains(index), let op = typed.operators[index] else { return nil }
    return (index, typed.graph.nodes[index], op)
  }

  /// All nodes that read `name`.
  func readers(of name: String) -> [any Operator] {
    (consumers[name] ?? []).compactMap { typed.operators[$0] }
  }

  /// Says that a step of the node at hand does this node's work too.
  mutating func absorb(_ index: Int) {
    absorbed.insert(index)
    taken.append(index)
  }

  /// The sizes of a value of the graph.
  func dims(_ name: String) throws -> [Int] {
    guard let sizes = typed.facts[name]?.sizes else {
      throw EngineError.unsupported(
        node: typed.graph.nodes[current].label, reason: "the shape of '\(name)' is not known before it runs")
    }
    return sizes
  }
}
