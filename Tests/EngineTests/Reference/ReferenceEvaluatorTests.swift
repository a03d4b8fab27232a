import Engine
import Foundation
import Graph
import Tensor
import Testing

/// What ONNX's own cases, made for opset 17, leave out.
@Suite struct ReferenceEvaluatorTests {
  @Test func padsChosenAxes() throws {
    let y = try run(
      "Pad",
      [Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]), list(1, 1), Tensor(scalar: Float(9)), list(-1)],
      opset: 18)
    #expect(y.shape == [2, 4])
    #expect(y.array(of: Float.self) == [9, 1, 2, 9, 9, 3, 4, 9])
  }

  @Test func padsWhatACutLeaves() throws {
    let x = Tensor([1, 2, 3, 4] as [Float])
    let y = try run("Pad", [x, list(-1, 2)], ["mode": .string("wrap")], opset: 19)
    #expect(y.array(of: Float.self) == [2, 3, 4, 2, 3])
  }

  @Test func reducesByInput() throws {
    let x = Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    #expect(try run("ReduceMean", [x, list(1)], ["keepdims": .int(0)], opset: 18).floats == [1.5, 3.5])
    #expect(try run("ReduceMean", [x], ["noop_with_empty_axes": .int(1)], opset: 18).floats == [1, 2, 3, 4])
  }

  @Test func normalizesEachPosition() throws {
    let x = Tensor((1...8).map { Float($0) }, shape: [2, 2, 2])
    let parameters = [[1, 2, 3, 4], [0, 1, 0, -1], [1, 0, 2, 4], [1, 4, 0.25, 16]].map { (values: [Float]) in
      Tensor(values, shape: [2, 2])
    }
    let attributes: [String: Attribute] = ["spatial": .int(0), "epsilon": .float(0)]
    let y = try run("BatchNormalization", [x] + parameters, attributes, opset: 7)
    #expect(y.floats == [0, 3, 6, -1, 4, 7, 30, 3])
    // Since version 9 a channel has one of each.
    #expect(throws: GraphError.self) {
      try run("BatchNormalization", [x] + parameters, attributes, opset: 9)
    }
  }

  @Test func roundsHalvesToEven() throws {
    let x = Tensor([0.25, 0.75, 1.25, -0.25, -0.75, 1000, -1000, .nan] as [Float])
    let y = try run("QuantizeLinear", [x, Tensor(scalar: Float(0.5)), Tensor(scalar: Int8(0))])
    #expect(y.array(of: Int8.self) == [0, 2, 2, 0, -2, 127, -128, 0])
  }

  @Test func quantizesToFourBits() throws {
    let x = Tensor([-9, -3, 0, 3, 9] as [Float])
    let zero = Tensor(wrapping: [1], as: .int4, shape: [])
    let q = try run("QuantizeLinear", [x, Tensor(scalar: Float(1)), zero], opset: 21)
    #expect(q.dtype == .int4)
    #expect(q.integers == [-8, -2, 1, 4, 7])
    let back = try run("DequantizeLinear", [q, Tensor(scalar: Float(1)), zero], opset: 21)
    #expect(back.floats == [-9, -3, 0, 3, 6])
  }

  @Test func quantizesInBlocks() throws {
    let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    let scale = Tensor([1, 2, 1, 3] as [Float], shape: [2, 2])
    let q = try run("QuantizeLinear", [x, scale], ["axis": .int(1), "block_size": .int(2)], opset: 21)
    #expect(q.integers == [1, 2, 2, 4, 5, 2])
  }

  @Test func movesAnyType() throws {
    let nibbles = Tensor(wrapping: [1, -2, 3, -4, 5, -6], as: .int4, shape: [2, 3])
    #expect(try run("Transpose", [nibbles]).integers == [1, -4, -2, 5, 3, -6])
    #expect(try run("Gather", [nibbles, list(-1)], ["axis": .int(1)]).integers == [3, -6])
    #expect(try run("Concat", [nibbles, nibbles], ["axis": .int(0)]).integers?.count == 12)
    let flags = Tensor([true, false], shape: [1, 2])
    #expect(try run("Reshape", [flags, list(2)]).array(of: Bool.self) == [true, false])
  }

  @Test func halfIsComputedAsFloat() throws {
    let x = Tensor([1, 2, 3] as [Float]).converted(to: .float16)
    let y = try run("Mul", [x, x])
    #expect(y.dtype == .float16)
    #expect(y.floats == [1, 4, 9])
  }

  @Test func wholeNumbersWrapAndNeverTrap() throws {
    let least = Tensor([Int32.min, 7])
    let divisor = Tensor([Int32(-1), 0])
    #expect(try run("Div", [least, divisor]).array(of: Int32.self) == [.min, 0])
    #expect(try run("Mod", [least, divisor]).array(of: Int32.self) == [0, 0])
    #expect(try run("Mod", [least, divisor], ["fmod": .int(1)]).array(of: Int32.self) == [0, 0])
    #expect(try run("Add", [least, least]).array(of: Int32.self) == [0, 14])
    #expect(try run("Neg", [least]).array(of: Int32.self) == [.min, -7])
    #expect(try run("Abs", [least]).array(of: Int32.self) == [.min, 7])
    #expect(try run("Pow", [least, Tensor([Int32(3), 100])]).array(of: Int32.self) == [0, 1_027_218_017])
    #expect(
      try run("Pow", [Tensor([Int32(0), 2]), Tensor(scalar: Int32(-1))]).array(of: Int32.self) == [.max, 0])
    let sum = try run("ReduceSum", [Tensor([Int64.max, 1])], ["keepdims": .int(0)])
    #expect(sum.array(of: Int64.self) == [.min])
  }

  @Test func shiftsBeyondTheLastBit() throws {
    let x = Tensor([UInt8(255), 255])
    let y = try run("BitShift", [x, Tensor([UInt8(8), 255])], ["direction": .string("LEFT")])
    #expect(y.array(of: UInt8.self) == [0, 0])
  }

  @Test func extremesOfNothing() throws {
    let none = Tensor([Float](), shape: [2, 0])
    #expect(try run("ReduceMax", [none, list(1)], opset: 20).floats == [-.infinity, -.infinity])
    #expect(try run("ReduceMin", [none, list(1)], opset: 20).floats == [.infinity, .infinity])
    #expect(throws: GraphError.self) { try run("ArgMax", [none], ["axis": .int(1)]) }
  }

  @Test func refusesWhatIsNotDefined() {
    let truths = Tensor([true, false])
    #expect(throws: EngineError.self) { try run("Add", [truths, truths]) }
    #expect(throws: EngineError.self) { try run("And", [list(1), list(1)]) }
    #expect(throws: GraphError.self) { try run("Mod", [Tensor([Float(1)]), Tensor([Float(1)])]) }
    #expect(throws: GraphError.self) { try run("CumSum", [list(1, 2), list(3)]) }
    #expect(throws: GraphError.self) { try run("Where", [list(1), list(1), list(1)]) }
    #expect(throws: GraphError.self) {
      try run("Gelu", [Tensor([Float(1)])], ["approximate": .string("exp")])
    }
  }

  @Test func outOfRangeIndexIsAnError() {
    let error = #expect(throws: EngineError.self) { try run("Gather", [list(1, 2), list(2)]) }
    #expect(error?.description.contains("out of range") == true)
  }

  @Test func errorsNameTheNode() {
    let error = #expect(throws: GraphError.self) {
      try run("Add", [Tensor([Float(1), 2]), Tensor([Float(1), 2, 3])])
    }
    #expect(error?.description.contains("'probe'") == true)
    let type = #expect(throws: EngineError.self) { try run("Sigmoid", [list(1)]) }
    #expect(type?.description == "node 'probe': Sigmoid of int64 cannot be computed")
  }

  @Test func absurdSizesAreAnError() {
    #expect(throws: GraphError.self) { try run("Pad", [Tensor([Float(1)]), list(1 << 39, 1 << 39)]) }
    let flat = Tensor([Float](), shape: [0])
    #expect(throws: GraphError.self) {
      try run("Reshape", [flat, list(0, .max, .max)], ["allowzero": .int(1)])
    }
  }

  /// The network of the sample model, with weights that mean nothing: 100 samples are to take well under a second.
  @Test(.timeLimit(.minutes(1))) func runsLeNet() throws {
    func weight(_ dims: Int...) -> Tensor {
      Tensor((0..<Shape(dims).count).map { Float($0 % 17 - 8) * 0.01 }, shape: Shape(dims))
    }
    func node(
      _ type: OperatorType, _ inputs: [String], _ output: String, _ attributes: [String: Attribute] = [:]
    )
      -> Node
    { Node(name: output, type: type, inputs: inputs, outputs: [output], attributes: attributes) }
    let pool: [String: Attribute] = ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])]
    let graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 1, 28, 28])],
      outputs: [ValueInfo(name: "y", dtype: .float32, dims: [.symbol("N"), 10])],
      nodes: [
        node("Conv", ["x", "w1", "b1"], "c1"), node("Relu", ["c1"], "r1"),
        node("MaxPool", ["r1"], "p1", pool),
        node("Conv", ["p1", "w2"], "c2"), node("Relu", ["c2"], "r2"), node("MaxPool", ["r2"], "p2", pool),
        node("Flatten", ["p2"], "f"), node("Gemm", ["f", "w3"], "g1", ["transB": .int(1)]),
        node("Relu", ["g1"], "r3"), node("Gemm", ["r3", "w4"], "y", ["transB": .int(1)]),
      ],
      constants: [
        "w1": weight(20, 1, 5, 5), "b1": weight(20), "w2": weight(50, 20, 5, 5), "w3": weight(500, 800),
        "w4": weight(10, 500),
      ])
    let evaluator = try ReferenceEvaluator(graph)
    let clock = ContinuousClock()
    let start = clock.now
    let y = try evaluator.run(["x": weight(100, 1, 28, 28)])["y"]
    print("LeNet, 100 samples on the reference: \(clock.now - start)")
    #expect(y?.shape == [100, 10])
    #expect(y?.floats.allSatisfy(\.isFinite) == true)
    #expect(try graph.typed().facts["y"]?.dims == [.symbol("N"), 10])
  }

  private func list(_ numbers: Int...) -> Tensor { Tensor(numbers.map { Int64($0) }) }

  private func run(
    _ type: OperatorType, _ inputs: [Tensor], _ attributes: [String: Attribute] = [:], opset: Int = 17
  ) throws -> Tensor {
    let names = inputs.indices.map { "i\($0)" }
    let graph = Graph(
      outputs: [ValueInfo(name: "y", dtype: nil, dims: nil)],
      nodes: [Node(name: "probe", type: type, inputs: names, outputs: ["y"], attributes: attributes)],
      opsets: ["": opset])
    return try #require(
      try ReferenceEvaluator(graph).run(Dictionary(uniqueKeysWithValues: zip(names, inputs)))["y"])
  }
}
