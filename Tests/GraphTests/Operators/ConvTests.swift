import Graph
import Testing

@Suite struct ConvTests {
  @Test func keepsTheBatchSymbolic() throws {
    let probe = try Probe("Conv", [.float(batch, 20, 12, 12), .weight(50, 20, 5, 5), .weight(50)])
    #expect(probe.dims == [batch, 50, 8, 8])
    #expect(probe.macs == batch * 50 * 8 * 8 * 20 * 25)
    #expect(probe.slot == WeightSlot(weight: 1, bias: 2, data: 0, outputAxis: 0, inputAxis: 1))
    #expect(
      probe.links == [
        "0.0 - y.0", "1.0 - y.1", "2.0 - y.1",
        "0.1 - 1.1",
      ])
  }

  @Test(
    arguments: [
      (["strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])], [5, 5]),
      (["auto_pad": .string("SAME_UPPER"), "strides": .ints([3, 3])], [4, 4]),
      (["auto_pad": .string("VALID")], [8, 8]),
      (["dilations": .ints([2, 3])], [6, 4]),
    ] as [([String: Attribute], [Int])])
  func movesItsWindow(attributes: [String: Attribute], spatial: [Int]) throws {
    let probe = try Probe("Conv", [.float(1, 3, 10, 10), .weight(8, 3, 3, 3)], attributes)
    #expect(probe.dims?.sizes == [1, 8] + spatial)
  }

  @Test func resolvesPadding() throws {
    let node = Node(
      name: "", type: "Conv", inputs: ["x", "w"], outputs: ["y"],
      attributes: ["auto_pad": .string("SAME_LOWER")])
    let conv = try Conv(node, opset: 17)
    let axis = try conv.axes(data: [1, 3, 10], weight: [8, 3, 4])[0]
    #expect((axis.padBegin, axis.padEnd, axis.output) == (2, 1, 10))
  }

  @Test func keepsUnknownSizesWhereTheWindowDoes() throws {
    let height = Dim.symbol("H")
    let same = try Probe(
      "Conv", [.float(1, 3, height, 7), .weight(8, 3, 3, 3)], ["pads": .ints([1, 1, 1, 1])])
    #expect(same.dims == [1, 8, height, 7])
    let shorter = try Probe("Conv", [.float(1, 3, height, 7), .weight(8, 3, 3, 3)])
    #expect(shorter.dims == [1, 8, .unknown, 5])
  }

  @Test func linksChannelsOfGroups() throws {
    let depthwise = try Probe(
      "Conv", [.float(batch, 8, 9, 9), .weight(8, 1, 3, 3), .weight(8)], ["group": .int(8)])
    #expect(
      depthwise.links == [
        "0.0 - y.0", "0.1 - y.1", "1.0 - y.1", "2.0 - y.1",
      ])
    #expect(depthwise.macs == batch * 8 * 49 * 9)
    let grouped = try Probe("Conv", [.float(batch, 8, 9, 9), .weight(8, 4, 3, 3)], ["group": .int(2)])
    #expect(
      grouped.links == ["0.0 - y.0", "1.0 - y.1", "1.1 - 0.1", "1.1 - 0.1 +4", "y.1 - y.1 +4"])
    let multiplied = try Probe("Conv", [.float(batch, 8, 9, 9), .weight(16, 1, 3, 3)], ["group": .int(8)])
    #expect(multiplied.links == ["0.0 - y.0", "1.0 - y.1", "0.1 - y.1 x2"])
  }

  @Test(
    arguments: [
      [.float(1, 4, 10, 10), .weight(8, 3, 3, 3)], [.float(1, 3, 2, 10), .weight(8, 3, 3, 3)],
      [.float(1, 3, 10), .weight(8, 3, 3, 3)], [.float(1, 3, 10, 10), .weight(8, 3, 3, 3), .weight(7)],
      [.float(1, 3, 10, 10)], [.float(1, 3), .weight(8, 3)], [.list(1), .weight(8, 3, 3)],
    ] as [[Facts?]])
  func refuses(inputs: [Facts?]) {
    #expect(throws: Mismatch.self) { try Probe("Conv", inputs) }
  }

  @Test(
    arguments: [
      ("strides", .ints([0, 1])), ("pads", .ints([1, 1, 1])), ("pads", .ints([-1, 0, 0, 0])),
      ("dilations", .ints([.max, 1])), ("group", .int(0)), ("auto_pad", .string("SOME")),
      ("strides", .float(1)),
    ] as [(String, Attribute)])
  func refusesAttribute(name: String, value: Attribute) {
    #expect(throws: GraphError.self) {
      try Probe("Conv", [.float(1, 3, 10, 10), .weight(8, 3, 3, 3)], [name: value])
    }
  }
}
