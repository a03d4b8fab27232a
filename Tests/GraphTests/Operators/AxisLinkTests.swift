import Graph
import Testing

/// Which axes of which operators belong together.
@Suite struct AxisLinkTests {
  @Test func broadcastAxesStandAlone() throws {
    let probe = try Probe("Add", [.float(batch, 8, 5, 5), .weight(8, 1, 1)])
    #expect(
      probe.links == [
        "0.0 - y.0", "0.1 - y.1", "0.2 - y.2", "0.3 - y.3",
        "1.0 - y.1",
      ])
  }

  @Test func normalizationTakesItsParametersAlong() throws {
    let four = [Facts?](repeating: .weight(8), count: 4)
    let probe = try Probe("BatchNormalization", [.float(batch, 8, 5)] + four)
    for input in 1...4 { #expect(probe.links.contains("\(input).0 - y.1")) }
    #expect(probe.links.count == 7)
  }

  @Test func flattenMakesBlocks() throws {
    #expect(
      try Probe("Flatten", [.float(batch, 50, 4, 4)]).links == [
        "0.0 - y.0", "0.1 - y.1 x16",
      ])
    #expect(try Probe("Flatten", [.float(batch, 50, .unknown)]).links == ["0.0 - y.0"])
  }

  @Test(
    arguments: [
      ([batch, 50, 4, 4], [0, -1], ["0.0 - y.0", "0.1 - y.1 x16"]),
      ([batch, 50, 1, 1], [0, 50], ["0.0 - y.0", "0.1 - y.1"]),
      ([batch, 50], [0, 50, 1, 1], ["0.0 - y.0", "0.1 - y.1"]),
      (
        [batch, 32], [0, 8, 4],
        ["0.0 - y.0", "y.1 - 0.1 x4"]
      ),
      ([6, 4], [8, 3], []),
    ] as [([Dim], [Int], Set<String>)])
  func reshapeFindsMatchingRuns(input: [Dim], shape: [Int], links: Set<String>) throws {
    let probe = try Probe(
      "Reshape",
      [
        Facts(dtype: .float32, dims: input),
        Facts(dtype: .int64, dims: [Dim(shape.count)], elements: shape.map { Dim($0) }),
      ])
    #expect(probe.links == links)
  }

  @Test func concatCountsOn() throws {
    let probe = try Probe("Concat", [.float(batch, 3, 5), .float(batch, 4, 5)], ["axis": .int(1)])
    #expect(probe.dims == [batch, 7, 5])
    #expect(
      probe.links == [
        "0.0 - y.0", "0.1 - y.1", "0.2 - y.2", "1.0 - y.0",
        "1.1 - y.1 +3", "1.2 - y.2",
      ])
  }

  @Test func otherLayouts() throws {
    #expect(
      try Probe("Transpose", [.float(2, 3, 4)], ["perm": .ints([0, 2, 1])]).links == [
        "0.0 - y.0", "0.2 - y.1", "0.1 - y.2",
      ])
    #expect(try Probe("Softmax", [.float(batch, 10)]).links == ["0.0 - y.0"])
    #expect(try Probe("Softmax", [.float(batch, 10, 3)], opset: 11).links == ["0.0 - y.0"])
    #expect(
      try Probe("MaxPool", [.float(batch, 8, 4, 4)], ["kernel_shape": .ints([2, 2])]).links == [
        "0.0 - y.0", "0.1 - y.1",
      ])
    #expect(
      try Probe("Pad", [.float(batch, 8, 4), .list(0, 0, 1, 0, 0, 1)]).links == [
        "0.0 - y.0", "0.1 - y.1",
      ])
    #expect(try Probe("Squeeze", [.float(batch, 1, 4), .list(1)]).links.contains("0.2 - y.1"))
    #expect(try Probe("Unsqueeze", [.float(batch, 4), .list(1)]).links.contains("0.1 - y.2"))
    #expect(
      try Probe("ReduceMean", [.float(batch, 8, 4, 4)], ["axes": .ints([2, 3]), "keepdims": .int(0)]).links
        == [
          "0.0 - y.0", "0.1 - y.1",
        ])
    #expect(
      try Probe("Gather", [.float(30, 8, 4), .list(1, 2)], ["axis": .int(1)]).links == [
        "0.0 - y.0", "0.2 - y.2",
      ])
    #expect(try Probe("Shape", [.float(batch, 8)]).links.isEmpty)
  }

  @Test func choosingAndReducing() throws {
    let mask = Facts(dtype: .bool, dims: [8, 1])
    #expect(
      try Probe("Where", [mask, .float(batch, 8, 5), .float()]).links == [
        "0.0 - y.1", "1.0 - y.0", "1.1 - y.1", "1.2 - y.2",
      ])
    #expect(
      try Probe("Max", [.float(batch, 8), .float(8), .float(1)]).links == [
        "0.0 - y.0", "0.1 - y.1", "1.0 - y.1",
      ])
    #expect(try Probe("PRelu", [.float(batch, 8, 5), .weight(8, 1)]).links.contains("1.0 - y.1"))
    #expect(throws: Mismatch.self) { try Probe("PRelu", [.float(8, 1), .weight(8, 5)]) }
    #expect(
      try Probe("ArgMax", [.float(batch, 8, 5)], ["axis": .int(1), "keepdims": .int(0)]).links == [
        "0.0 - y.0", "0.2 - y.1",
      ])
    #expect(
      try Probe("ReduceMax", [.float(batch, 8, 5), .list(2)], opset: 18).links == ["0.0 - y.0", "0.1 - y.1"])
    #expect(try Probe("CumSum", [.float(batch, 8), .number(1)]).links == ["0.0 - y.0"])
    #expect(try Probe("LpNormalization", [.float(batch, 8)]).links == ["0.0 - y.0"])
    let biased = try Probe(
      OperatorType("FastGelu", domain: "com.microsoft"), [.float(batch, 8), .weight(8)])
    #expect(biased.links == ["0.0 - y.0", "0.1 - y.1", "1.0 - y.1"])
  }

  @Test func quantizationTakesItsScalesAlong() throws {
    let scales = Facts.weight(8)
    let zeros = Facts(dtype: .int8, dims: [8])
    let probe = try Probe("QuantizeLinear", [.float(8, 3), scales, zeros], ["axis": .int(0)])
    #expect(probe.outputs[0].dtype == .int8)
    #expect(
      probe.links == [
        "0.0 - y.0", "0.1 - y.1", "1.0 - y.0", "2.0 - y.0",
      ])
    #expect(throws: Mismatch.self) { try Probe("QuantizeLinear", [.float(8, 3), scales, zeros]) }
  }
}
