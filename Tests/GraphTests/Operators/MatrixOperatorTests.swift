import Graph
import Tensor
import Testing

/// Gemm and MatMul.
@Suite struct MatrixOperatorTests {
  @Test func gemmReadsItsTransposition() throws {
    let probe = try Probe(
      "Gemm", [.float(batch, 800), .weight(500, 800), .weight(500)], ["transB": .int(1)])
    #expect(probe.dims == [batch, 500])
    #expect(probe.macs == batch * 400_000)
    #expect(probe.slot == WeightSlot(weight: 1, bias: 2, data: 0, outputAxis: 0, inputAxis: 1))
    #expect(
      probe.links == [
        "0.0 - y.0", "1.0 - y.1", "0.1 - 1.1",
        "2.0 - y.1",
      ])
    let plain = try Probe("Gemm", [.float(batch, 800), .weight(800, 500)])
    #expect(plain.slot == WeightSlot(weight: 1, bias: nil, data: 0, outputAxis: 1, inputAxis: 0))
    #expect(plain.dims == [batch, 500])
  }

  @Test func gemmRefusesWhatDoesNotFit() {
    #expect(throws: Mismatch.self) { try Probe("Gemm", [.float(batch, 7), .weight(8, 3)]) }
    #expect(throws: Mismatch.self) { try Probe("Gemm", [.float(2, 8), .weight(8, 3), .weight(4)]) }
    #expect(throws: Mismatch.self) { try Probe("Gemm", [.float(2, 8, 1), .weight(8, 3)]) }
  }

  @Test(
    arguments: [
      (.float(batch, 4, 3), .weight(3, 5), [batch, 4, 5]), (.float(3), .weight(3, 5), [5]),
      (.float(batch, 3), .weight(3), [batch]), (.float(3), .weight(3), []),
      (.float(2, 1, 4, 3), .weight(6, 3, 5), [2, 6, 4, 5]),
    ] as [(Facts, Facts, [Dim])])
  func matMulStretches(left: Facts, right: Facts, dims: [Dim]) throws {
    let probe = try Probe("MatMul", [left, right])
    #expect(probe.dims == dims)
    #expect(probe.macs == dims.product * 3)
  }

  @Test func matMulFindsItsWeightOnEitherSide() throws {
    let right = try Probe("MatMul", [.float(batch, 4, 3), .weight(3, 5)])
    #expect(right.slot == WeightSlot(weight: 1, bias: nil, data: 0, outputAxis: 1, inputAxis: 0))
    #expect(
      right.links == [
        "0.0 - y.0", "0.1 - y.1", "1.1 - y.2",
        "0.2 - 1.0",
      ])
    let left = try Probe("MatMul", [.weight(5, 3), .float(3, 7)])
    #expect(left.slot == WeightSlot(weight: 0, bias: nil, data: 1, outputAxis: 0, inputAxis: 1))
  }

  @Test func matMulFindsItsWeightBehindDequantization() throws {
    let graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [3, batch])], outputs: [],
      nodes: [
        Node(name: "dq", type: "DequantizeLinear", inputs: ["w", "s"], outputs: ["v"]),
        Node(name: "mm", type: "MatMul", inputs: ["v", "x"], outputs: ["y"]),
      ],
      constants: [
        "w": Tensor([Int8](repeating: 1, count: 15), shape: [5, 3]), "s": Tensor(scalar: Float(0.5)),
      ])
    let typed = try graph.typed()
    #expect(typed.facts["v"]?.isFixed == true)
    #expect(typed.facts["y"]?.isFixed == false)
    #expect(typed.facts["y"]?.dims == [5, batch])
    #expect(typed.operators[1]?.weightSlots(typed.inputs(of: 1)).first?.weight == 0)
  }
}
