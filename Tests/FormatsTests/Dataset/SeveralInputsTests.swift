import Formats
import Graph
import Tensor
import Testing

@Suite struct SeveralInputsTests {
  private let inputs = [
    ValueInfo(name: "tokens", dtype: .int64, dims: [.symbol("N"), .symbol("T")]),
    ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 2]),
    ValueInfo(name: "rate", dtype: .int64, dims: []),
    ValueInfo(name: "state", dtype: .float32, dims: [2, .symbol("N"), 3]),
  ]
  private let tokens = Samples(Tensor([UInt8(1), 2, 3, 4, 5, 6], shape: [2, 3]))
  private let x = Samples(Tensor([Int16(1), -2, 3, 4], shape: [2, 2]))

  private func data(
    _ inputs: [String: Samples], _ constants: [String: Tensor] = [:]
  ) throws -> Dataset { try Dataset(name: "d", inputs: inputs, constants: constants) }

  @Test func numbersBecomeTheInputsType() throws {
    let state = Tensor([Float](repeating: 1, count: 6), shape: [2, 1, 3])
    let given = ["rate": Tensor(scalar: Int32(16000)), "state": state]
    let fitted = try data(["tokens": tokens, "x": x], given).fitted(to: inputs)
    #expect(fitted.inputs["tokens"]?.tensor.array(of: Int64.self) == [1, 2, 3, 4, 5, 6])
    #expect(fitted.inputs["x"]?.tensor.array(of: Float.self) == [1, -2, 3, 4])
    #expect(fitted.constants["rate"]?.array(of: Int64.self) == [16000])
    #expect(fitted.constants["state"]?.shape == [2, 1, 3])
    let order = fitted.shuffled(seed: 3)
    #expect(order.constants.count == 2)
    #expect(order.inputs["x"]?.tensor.floats == order.order.flatMap { [[1, -2], [3, 4]][$0] })
  }

  @Test func saysWhatIsMissing() throws {
    expectReason("'rate', 'state'", "it has 'tokens', 'x'") {
      _ = try data(["tokens": tokens, "x": x]).fitted(to: inputs)
    }
    expectReason("2 samples of 'a'", "3 of others") {
      _ = try data(["a": x, "b": Samples(Tensor([Float](repeating: 0, count: 3)))])
    }
  }

  @Test func wholeNumbersMustFit() throws {
    let wide = try data(["a": Samples(Tensor([Int64(300), 1], shape: [2, 1]))])
    expectReason("300", "uint8") {
      _ = try wide.fitted(to: [ValueInfo(name: "a", dtype: .uint8, dims: [.symbol("N"), 1])])
    }
  }

  @Test func hugeSizesAreNoTrap() throws {
    let one = try data(["a": x])
    let dims: [Dim] = [.symbol("N"), Dim(1 << 62), Dim(1 << 62)]
    expectReason("does not fit") {
      _ = try one.fitted(to: [ValueInfo(name: "a", dtype: nil, dims: dims)])
    }
  }

  @Test func fixedInputsAreConstantsOfTheGraph() {
    let graph = Graph(inputs: inputs).fixing([
      "rate": Tensor(scalar: Int64(8000)), "state": .init([Float](repeating: 0, count: 6), shape: [2, 1, 3]),
    ])
    #expect(graph.inputs.map(\.name) == ["tokens", "x"])
    #expect(graph.constants["rate"]?.integers == [8000])
    // The state's second axis is the number of samples, which it thereby fixes.
    #expect(graph.fixedBatch == 1)
  }
}
