import Compression
import Testing

/// The compact list against a plain sorted array.
@Suite struct SortedKeysTests {
  private static let special: [Float] = [
    0, -0.0, .nan, -.nan, .signalingNaN, .infinity, -.infinity, .leastNonzeroMagnitude,
    -.leastNonzeroMagnitude,
    .leastNormalMagnitude, .leastNormalMagnitude.nextDown, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, 1, -1, 1, 1, .init(bitPattern: 1 << 16), .init(bitPattern: (1 << 16) - 1),
  ]

  private static func normal(_ count: Int, _ random: inout SplitMix) -> [Float] {
    random.normal([count]).floats
  }

  private static func lists() -> [[Float]] {
    var random = SplitMix(seed: 21)
    let many = normal(70_000, &random)
    return [
      [], [0], [.nan], [-3], special, Array(repeating: 0.5, count: 1000),
      // One bucket: too many for anything but counting, some for bytes, few for inserting.
      (0..<40_000).map { _ in 1 + Float.random(in: 0..<0x1p-8, using: &random) },
      (0..<5_000).map { _ in 1 + Float.random(in: 0..<0x1p-8, using: &random) },
      (0..<40).map { _ in 1 + Float.random(in: 0..<0x1p-8, using: &random) },
      many, many.map { ($0 * 8).rounded() / 8 }, special + normal(3_000, &random) + special,
      (0..<3_000).map { _ in Float(bitPattern: UInt32.random(in: 0 ... .max, using: &random)) },
    ]
  }

  @Test(arguments: [true, false])
  func whatIsFoundIsWhatIsSorted(signs: Bool) {
    for scores in Self.lists() {
      let sorted = scores.map { ScoreKey.of(signs ? $0 : abs($0)) }.sorted()
      let keys = scores.withUnsafeBufferPointer { SortedKeys($0, signs: signs) }
      #expect(keys.count == sorted.count)
      #expect(sorted.indices.allSatisfy { keys[$0] == sorted[$0] })
      #expect(keys.all == sorted)
      var probes: Set<UInt32> = [0, 1, .max, .max - 1, 1 << 31, 1 << 31 - 1]
      for place in stride(from: 0, to: sorted.count, by: max(1, sorted.count / 500)) {
        probes.formUnion([sorted[place] &- 1, sorted[place], sorted[place] &+ 1])
      }
      for probe in probes {
        #expect(keys.rank(below: probe) == sorted.prefix { $0 < probe }.count)
        #expect(keys.rank(through: probe) == sorted.prefix { $0 <= probe }.count)
      }
    }
  }

  @Test func keysCompareAsScoresDo() {
    let ascending: [Float] = [
      -.infinity, -2, -.leastNonzeroMagnitude, -0.0, 0, .leastNonzeroMagnitude, .leastNormalMagnitude, 2,
      .infinity, .nan,
    ]
    let keys = ascending.map(ScoreKey.of)
    #expect(keys == keys.sorted() && Set(keys).count == keys.count)
    #expect(ScoreKey.of(-.nan) == ScoreKey.of(.nan))
    #expect(ascending.dropLast().allSatisfy { ScoreKey.score(ScoreKey.of($0)).bitPattern == $0.bitPattern })
  }

  @Test func itTakesLessThanHalfOfTheWeights() {
    var random = SplitMix(seed: 22)
    let weights = Self.normal(600_000, &random)
    let keys = weights.withUnsafeBufferPointer { SortedKeys($0, signs: false) }
    #expect(keys.byteCount < 2 * weights.count)
    let equal = [Float](repeating: 1, count: 1000).withUnsafeBufferPointer { SortedKeys($0, signs: true) }
    #expect(equal.byteCount < 100)
  }
}
