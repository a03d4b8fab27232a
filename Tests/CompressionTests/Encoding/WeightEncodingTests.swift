import Compression
import Tensor
import Testing

/// Every encoding against its own decoder, and by hand.
@Suite struct WeightEncodingTests {
  private static let encodings: [any WeightEncoding] =
    SparseEncoding.allCases.map(\.coder)
    + RelativeIndexEncoding.gapWidths.map { RelativeIndexEncoding(gapBits: $0) }

  private func check(_ weights: WeightCodes, _ encoding: any WeightEncoding) {
    let bytes = encoding.encode(weights)
    #expect(bytes.count == encoding.byteCount(of: weights, positions: weights.positions))
    #expect(encoding.decode(bytes, weights.layout) == weights.codes, "\(encoding) \(weights.layout)")
    if !bytes.isEmpty { #expect(encoding.decode(Array(bytes.dropLast()), weights.layout) != weights.codes) }
  }

  private func check(_ weights: WeightCodes) {
    for encoding in Self.encodings { check(weights, encoding) }
    if HuffmanEncoding.applies(to: weights) { check(weights, HuffmanEncoding()) }
  }

  private func random(_ random: inout SplitMix) -> WeightCodes {
    let rows = Int.random(in: 1...12, using: &random)
    let columns = [1, 7, 40, 300].randomElement(using: &random) ?? 1
    let density: Double = [0, 0.01, 0.1, 0.5, 1].randomElement(using: &random) ?? 1
    let bits = Int.random(in: 2...16, using: &random)
    let last = 1 << (bits - 1) - 1
    let run = [1, columns].randomElement(using: &random) ?? 1
    let channels = Bool.random(using: &random) ? 1 : rows * columns / run
    let zeros = (0..<channels).map { _ in
      Bool.random(using: &random) ? 0 : Int.random(in: -last...last, using: &random)
    }
    let integers = (0..<rows * columns).map { index in
      // Of few values, as weights are.
      Double.random(in: 0..<1, using: &random) < density
        ? Int.random(in: -last...last, using: &random) * Int.random(in: 0...1, using: &random)
        : zeros[index / run % channels]
    }
    return WeightCodes(integers: integers, rows: rows, bits: bits, zeros: zeros, run: run)
  }

  @Test func seededWeightsComeBack() {
    var generator = SplitMix(seed: 4)
    for _ in 0..<300 { check(random(&generator)) }
  }

  @Test func floatsComeBack() {
    var random = SplitMix(seed: 5)
    for density in [0, 0.02, 0.3, 1] {
      let values = (0..<2000).map { _ in
        Double.random(in: 0..<1, using: &random) < density ? Float.random(in: -1...1, using: &random) : 0
      }
      check(WeightCodes(Tensor(values, shape: [20, 100]), bits: 32))
      check(WeightCodes(Tensor(values.map { Double($0) }, shape: [20, 100]), bits: 64))
      check(WeightCodes(Tensor(values, shape: [20, 100]).converted(to: .float16), bits: 16))
    }
    #expect(!HuffmanEncoding.applies(to: WeightCodes(Tensor([1, 2] as [Float]), bits: 32)))
  }

  @Test func extremesComeBack() {
    check(WeightCodes(integers: [], rows: 0, bits: 8))
    check(WeightCodes(integers: [0], bits: 2))
    check(WeightCodes(integers: [3], bits: 3))
    check(WeightCodes(integers: Array(repeating: 0, count: 1000), rows: 10, bits: 8))
    check(WeightCodes(integers: Array(repeating: -1, count: 1000), rows: 10, bits: 8))
    check(WeightCodes(integers: Array(repeating: 0, count: 70_000) + [1], rows: 1, bits: 4))
    // Elements of which none stands for zero.
    check(WeightCodes(integers: [1, 0, 2], bits: 4, zeros: []))
  }

  /// Figure 2 of the paper: weights at 1, 4 and 15, distances of at most 8.
  @Test func aLongWayTakesAFillerZero() {
    var integers = Array(repeating: 0, count: 16)
    (integers[1], integers[4], integers[15]) = (34, 9, 17)
    let weights = WeightCodes(integers: integers, bits: 8)
    var entries: [[Int]] = []
    weights.forEachEntry(weights.positions, gapBits: 3) { entries.append([$0 + 1, Int($1)]) }
    #expect(entries == [[2, 34], [3, 9], [8, 0], [3, 17]])
    #expect(RelativeIndexEncoding.entries(weights.positions, gapBits: 3) == 4)
    // Header, then a distance of 4 bits and 8 bits each: 12 to 15 need none at 4 bits.
    #expect(
      RelativeIndexEncoding(gapBits: 4).encode(weights)
        == [0, 0, 0, 3, 4, 0x12, 0x22, 0x09, 0xa1, 0x10])
  }

  @Test func fillersEndAtTheReach() {
    for (zeros, entries) in [(15, 1), (16, 2), (31, 2), (32, 3)] {
      let weights = WeightCodes(integers: Array(repeating: 0, count: zeros) + [5], bits: 4)
      #expect(RelativeIndexEncoding.entries(weights.positions, gapBits: 4) == entries)
      check(weights, RelativeIndexEncoding(gapBits: 4))
    }
  }

  @Test func theBestWidthOfDistancesIsFound() {
    var random = SplitMix(seed: 6)
    for density in [0.5, 0.1, 0.03, 0.01, 0.002] {
      let integers = (0..<20_000).map { _ in Double.random(in: 0..<1, using: &random) < density ? 1 : 0 }
      let weights = WeightCodes(integers: integers, bits: 8)
      let sizes = RelativeIndexEncoding.gapWidths.map {
        RelativeIndexEncoding(gapBits: $0).encode(weights).count
      }
      #expect(RelativeIndexEncoding().encode(weights).count == sizes.min())
    }
  }

  @Test func bytesAreAsDefined() {
    let weights = WeightCodes(integers: [0, 1, 0, 0, 0, -1, 2, 0], rows: 2, bits: 4)
    #expect(DenseEncoding().encode(weights) == [0x01, 0x00, 0x0f, 0x20])
    #expect(BitmapEncoding().encode(weights) == [0b0100_0110, 0x1f, 0x20])
    // Pointers of 8 bits, 0 1 3; columns of 8 bits, 1 1 2; elements.
    #expect(CSREncoding().encode(weights) == [8, 0, 1, 3, 1, 1, 2, 0x1f, 0x20])
  }

  @Test func rowsOfManyColumnsTakeWiderOnes() {
    for (columns, bits) in [(256, 8), (257, 16), (65_536, 16), (65_537, 32)] {
      var integers = Array(repeating: 0, count: columns)
      integers[columns - 1] = 1
      let weights = WeightCodes(integers: integers, bits: 8)
      #expect(CSREncoding().encode(weights).count == 1 + 2 + bits / 8 + 1)
      check(weights, CSREncoding())
    }
  }
}
