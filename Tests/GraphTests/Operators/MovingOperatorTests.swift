import Graph
import Tensor
import Testing

/// What operators that move, select and make elements know before anything runs.
@Suite struct MovingOperatorTests {
  private func elements(_ dims: Dim...) -> Facts {
    Facts(dtype: .int64, dims: [Dim(dims.count)], elements: dims)
  }

  @Test func slicesOfShapesAreSizes() throws {
    let shape = elements(batch, 3, 8, 8)
    #expect(try Probe("Slice", [shape, .list(0), .list(2)]).outputs[0].elements == [batch, 3])
    #expect(try Probe("Slice", [shape, .list(-1), .list(-9), nil, .list(-2)]).outputs[0].elements == [8, 3])
    #expect(try Probe("Split", [shape, .list(1, 3)], outputs: 2).outputs[1].elements == [3, 8, 8])
    #expect(try Probe("Size", [.float(batch, 3, 8)]).outputs[0].elements == [24 * batch])
  }

  /// A size that has a name keeps it where nothing of the axis is left out, and is not guessed elsewhere.
  @Test func slicesOfNamedSizes() throws {
    func sizes(_ start: Facts, _ end: Facts, step: Int = 1) throws -> [Dim]? {
      try Probe("Slice", [.float(batch, 8), start, end, .list(0), .list(step)]).dims
    }
    #expect(try sizes(.list(0), .list(Int(Int32.max))) == [batch, 8])
    #expect(try sizes(.list(0), elements(batch)) == [batch, 8])
    #expect(try sizes(.list(0), elements(.symbol("M"))) == [.unknown, 8])
    #expect(try sizes(.list(1), .list(.max)) == [.unknown, 8])
    #expect(try sizes(.list(0), .list(.max), step: 2) == [.unknown, 8])
    let open = Facts(dtype: .int64, dims: [1])
    #expect(try Probe("Slice", [.float(batch, 8), .list(0), open, .list(1)]).dims == [batch, .unknown])
    #expect(try Probe("Slice", [.float(batch, 8), .list(0), .list(1), open]).dims == [.unknown, .unknown])
  }

  @Test func splitsOfNamedSizes() throws {
    #expect(try Probe("Split", [.float(2 * batch)], outputs: 2).dims == [batch])
    #expect(try Probe("Split", [.float(batch)], outputs: 2).dims == [.unknown])
    #expect(
      try Probe("Split", [.float(7)], ["num_outputs": .int(3)], opset: 18, outputs: 3).outputs.map(\.dims)
        == [[3], [3], [1]])
    for wrong in [Facts.list(1, 2), .list(4, 4), .list(-1, 8), .list(.max, .max), .list(1, 1, 5)] {
      #expect(throws: Mismatch.self) { try Probe("Split", [.float(7), wrong], outputs: 2) }
    }
  }

  @Test func sizesThatDataDecides() throws {
    #expect(try Probe("NonZero", [.float(2, 3)]).dims == [2, .unknown])
    #expect(try Probe("NonZero", [.list(0, 5, 6)]).dims == [1, 2])
    #expect(try Probe("Expand", [.float(1, 3), elements(batch, 1)]).dims == [batch, 3])
    #expect(
      try Probe("Expand", [.float(1, 3), Facts(dtype: .int64, dims: [3])]).dims == [.unknown, .unknown, 3])
    #expect(try Probe("ConstantOfShape", [elements(batch, 4)]).dims == [batch, 4])
    #expect(
      try Probe("Range", [.number(0), Facts(dtype: .int64, dims: [], elements: [batch]), .number(1)]).dims
        == [batch])
    #expect(
      try Probe(
        "Range", [.number(0), Facts(dtype: .int64, dims: [], elements: [Dim(-1) * batch]), .number(1)]
      ).dims == [.unknown])
    #expect(try Probe("Range", [.number(0), Facts(dtype: .int64, dims: []), .number(1)]).dims == [.unknown])
    #expect(throws: Mismatch.self) { try Probe("Range", [.number(0), .number(4), .number(0)]) }
    let scales = Facts(Tensor([1, 1, 2, 0.5] as [Float]))
    #expect(
      try Probe("Resize", [.float(batch, 3, .symbol("H"), 9), nil, scales]).dims
        == [batch, 3, 2 * .symbol("H"), 4])
    #expect(
      try Probe("Resize", [.float(batch, 3, 4, 9), nil, nil, elements(batch, 3, 8, 18)]).dims == [
        batch, 3, 8, 18,
      ])
    #expect(throws: Mismatch.self) { try Probe("Tile", [.float(2), .list(-1)]) }
    #expect(try Probe("Tile", [.float(2), .list(1 << 62)]).dims == [.unknown])
    #expect(throws: Mismatch.self) {
      try Probe("Slice", [.float(2), .list(0), .list(1), .list(0), .list(0)])
    }
    #expect(throws: Mismatch.self) { try Probe("TopK", [.float(2), .list(3)], outputs: 2) }
  }

  @Test func partsLieInTheirInput() throws {
    let split = try Probe("Split", [.float(batch, 12), .list(4, 8)], ["axis": .int(1)], outputs: 2)
    #expect(split.links == ["0.0 - y.0", "y.1 - 0.1", "0.0 - y1.0", "y1.1 - 0.1 +4"])
    #expect(
      try Probe("Slice", [.float(batch, 12), .list(3), .list(-2), .list(1)]).links == [
        "0.0 - y.0", "y.1 - 0.1 +3",
      ])
    #expect(
      try Probe("Slice", [.float(batch, 12), .list(0), .list(9), .list(1), .list(2)]).links == ["0.0 - y.0"])
    // What is computed follows by itself where it begins at an end.
    #expect(try Probe("Slice", [.float(12), elements(0), elements(6)]).links == ["y.0 - 0.0"])
    #expect(try Probe("Slice", [.float(12), elements(6), elements(12)]).links == ["y.0 - 0.0 +6"])
    #expect(try Probe("Slice", [.float(12), elements(3), elements(6)]).links.isEmpty)
  }

  @Test func copiesGoWithTheirPosition() throws {
    #expect(
      try Probe("Tile", [.float(batch, 4), .list(1, 3)]).links == [
        "0.0 - y.0", "0.1 - y.1", "0.1 - y.1 +4", "0.1 - y.1 +8",
      ])
    #expect(try Probe("Expand", [.float(batch, 1, 4), .list(1, 3, 1)]).links == ["0.0 - y.0", "0.2 - y.2"])
    let block: [String: Attribute] = ["blocksize": .int(2)]
    let toSpace: Set<String> = ["0.0 - y.0", "0.2 - y.2 x2", "0.3 - y.3 x2"]
    #expect(
      try Probe("DepthToSpace", [.float(batch, 8, 3, 3)], block).links
        == toSpace.union(["y.1 - 0.1", "y.1 - 0.1 +2", "y.1 - 0.1 +4", "y.1 - 0.1 +6"]))
    #expect(
      try Probe("DepthToSpace", [.float(batch, 8, 3, 3)], block.merging(["mode": .string("CRD")]) { $1 })
        .links
        == toSpace.union(["y.1 - 0.1 x4"]))
    #expect(
      try Probe("SpaceToDepth", [.float(batch, 2, 4, 4)], block).links == [
        "0.0 - y.0", "y.2 - 0.2 x2", "y.3 - 0.3 x2", "0.1 - y.1", "0.1 - y.1 +2", "0.1 - y.1 +4",
        "0.1 - y.1 +6",
      ])
    let scales = Facts(Tensor([1, 1, 2, 2] as [Float]))
    #expect(try Probe("Resize", [.float(batch, 8, 3, 3), nil, scales]).links == ["0.0 - y.0", "0.1 - y.1"])
    #expect(try Probe("Trilu", [.float(batch, 8, 3, 3)]).links == ["0.0 - y.0", "0.1 - y.1"])
  }

  @Test func einsumIsALayer() throws {
    func probe(_ equation: String, _ inputs: Facts...) throws -> Probe {
      try Probe("Einsum", inputs, ["equation": .string(equation)])
    }
    let dense = try probe("btd,dhk->bthk", .float(batch, 5, 12), .weight(12, 3, 4))
    #expect(dense.dims == [batch, 5, 3, 4])
    #expect(dense.macs == 5 * 12 * 12 * batch)
    #expect(dense.slot == WeightSlot(weight: 1, bias: nil, data: 0, outputAxis: 1, inputAxis: 0))
    #expect(dense.links == ["0.0 - y.0", "0.1 - y.1", "1.1 - y.2", "1.2 - y.3", "0.2 - 1.0"])
    #expect(try probe("ij,kj->ik", .weight(4, 3), .float(batch, 3)).slot?.weight == 0)
    // A letter that is in both operands and the output is none of a plain product.
    #expect(try probe("bi,bij->bj", .float(2, 3), .weight(2, 3, 4)).slot == nil)
    #expect(try probe("bi,bi->b", .float(2, 3), .float(2, 3)).slot == nil)
    let scores = try probe("bqhd,bkhd->bhqk", .float(batch, 5, 3, 4), .float(batch, 5, 3, 4))
    #expect(scores.links.isSuperset(of: ["0.2 - y.1", "1.2 - y.1", "0.3 - 1.3"]))
    #expect(try probe("ij->j", .float(3, 4)).links == ["0.1 - y.0"])
    #expect(try probe("...i->...", .float(batch, 3, 4)).dims == [batch, 3])
    for wrong in ["ij,jk->iz", "i1,jk", "ij->ij->i", "ij", "ij,jk>ik", "...i...,jk", "ij,jk->ii"] {
      #expect(throws: (any Error).self) { try probe(wrong, .float(2, 3), .float(3, 4)) }
    }
  }
}

private func * (left: Int, right: Dim) -> Dim { Dim(left) * right }
