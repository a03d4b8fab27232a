import Graph
import Tensor

extension Loop: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let evaluator = try ReferenceEvaluator(body.graph)
    return try run(inputs) { try evaluator.run($0) }
  }

  /// Goes through the rounds.
  ///
  /// - Parameter round: runs the body on values by its names.
  /// - Throws: what `round` throws, or `EngineError` where slices of two rounds cannot be stacked.
  func run(_ inputs: [Tensor?], round: ([String: Tensor]) throws -> [String: Tensor]) throws -> [Tensor] {
    let captured = body.captured(from: inputs)
    let trips = ownInputs > 0 ? optional(inputs, 0)?.integers?.first : nil
    var goesOn = ownInputs > 1 ? optional(inputs, 1).map { If.isTrue($0) } ?? true : true
    var carried = try (0..<carried).map { try required(inputs, $0 + 2) }
    var stacks: [[Tensor]] = Array(repeating: [], count: body.graph.outputs.count - 1 - carried.count)
    if goesOn, trips ?? .max > Self.mostRounds, endsByNumberAlone {
      throw EngineError.unsupported(
        node: "",
        reason:
          "a Loop \(trips.map { "of \($0) rounds" } ?? "without an end"), and at most \(Self.mostRounds) are run"
      )
    }
    var index = 0
    var stackedBytes = 0
    while goesOn && trips.map({ index < $0 }) ?? true {
      if index == Self.mostRounds {
        throw EngineError.unsupported(node: "", reason: "a Loop did not end within \(index) rounds")
      }
      var values = captured
      let own = [Tensor(scalar: Int64(index)), Tensor(bool: goesOn)] + carried
      for (input, value) in zip(body.graph.inputs, own) { values[input.name] = value }
      let results = try body.outputs(of: try round(values))
      goesOn = If.isTrue(results[0])
      carried = Array(results[1..<1 + carried.count])
      for (stack, slice) in results.dropFirst(1 + carried.count).enumerated() {
        stacks[stack].append(slice)
        stackedBytes += slice.byteCount + Self.bytesBesideSlice
      }
      if stackedBytes > MemoryLimit.value {
        throw EngineError.unsupported(
          node: "",
          reason: "a Loop's \(index + 1) first rounds have given \(MemoryLimit.text(stackedBytes)) to stack")
      }
      index += 1
    }
    let facts = try infer(inputs.map { $0.map { Facts($0) } })
    return try carried
      + stacks.enumerated().map { try Self.stacked($1, like: facts[carried.count + $0]) }
  }

  /// Rounds after which a Loop is taken to be one that never ends.
  private static let mostRounds = 1 << 24
  /// About what a tensor takes beside its elements.
  private static let bytesBesideSlice = 256

  /// Whether a round's condition is what it was before, or a constant that is true.
  private var endsByNumberAlone: Bool {
    let graph = body.graph
    let producers = graph.producers
    var name = graph.outputs[0].name
    while let index = producers[name], graph.nodes[index].type == "Identity",
      let input = graph.nodes[index].input(0)
    {
      name = input
    }
    return name == graph.inputs[1].name || graph.constants[name].map { If.isTrue($0) } ?? false
  }

  /// Slices of one shape, one behind the other along a new first axis.
  private static func stacked(_ slices: [Tensor], like facts: Facts) throws -> Tensor {
    guard let first = slices.first else {
      let sizes = (facts.dims ?? [.unknown]).map { $0.value ?? 0 }
      return Tensor(dtype: facts.dtype ?? .float32, shape: Shape([0] + sizes.dropFirst())) { _ in }
    }
    guard slices.allSatisfy({ $0.shape == first.shape && $0.dtype == first.dtype }) else {
      throw EngineError.unsupported(
        node: "", reason: "a Loop's rounds give slices of different shapes, which cannot be stacked")
    }
    let layout = try Layout(dtype: first.dtype, sizes: [slices.count] + first.shape.dims)
    return Tensor(dtype: layout.dtype, shape: layout.shape) { target in
      for (index, slice) in slices.enumerated() {
        slice.withUnsafeBytes { target.copy($0.count, from: $0, at: 0, to: index * $0.count) }
      }
    }
  }
}

extension Tensor {
  /// A truth value.
  fileprivate init(bool value: Bool) {
    self.init(dtype: .bool, shape: Shape([])) { $0[0] = value ? 1 : 0 }
  }
}
