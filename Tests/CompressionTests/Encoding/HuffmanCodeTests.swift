import Compression
import Foundation
import Testing

@Suite struct HuffmanCodeTests {
  @Test func lengthsAreThoseOfTheTextbook() {
    // Cormen, Leiserson, Rivest and Stein, "Introduction to Algorithms": a to f, 224 thousand bits.
    let counts: [UInt64: Int] = [0: 45, 1: 13, 2: 12, 3: 16, 4: 9, 5: 5]
    let code = HuffmanCode(counts: counts)
    #expect(code.lengthOfSymbol == [0: 1, 1: 3, 2: 3, 3: 3, 4: 4, 5: 4])
    #expect(code.bits(of: counts) == 224)
    #expect(code.table.mapValues { $0.code } == [0: 0, 1: 0b100, 2: 0b101, 3: 0b110, 4: 0b1110, 5: 0b1111])
  }

  @Test func oneSymbolTakesNoBits() {
    let code = HuffmanCode(counts: [7: 1000, 3: 0])
    #expect(code.bits(of: [7: 1000]) == 0)
    #expect(HuffmanCode(counts: [:]).lengthOfSymbol.isEmpty)
  }

  @Test func tablesComeBack() throws {
    var random = SplitMix(seed: 8)
    for bits in [1, 4, 8, 12] {
      for used in [0, 1, 2, 5, 4096] {
        var counts: [UInt64: Int] = [:]
        for _ in 0..<used {
          counts[UInt64.random(in: 0..<1 << UInt64(bits), using: &random)] = .random(
            in: 1...999, using: &random)
        }
        let code = HuffmanCode(counts: counts)
        var writer = BitWriter()
        code.write(to: &writer, symbolBits: bits)
        #expect(writer.bytes.count == (code.tableBits(symbolBits: bits) + 7) / 8)
        var reader = BitReader(writer.bytes)
        let read = try #require(HuffmanCode(from: &reader, symbolBits: bits))
        #expect(read.lengthOfSymbol == code.lengthOfSymbol)
      }
    }
  }

  @Test func skewedCountsMakeLongCodes() {
    var counts: [UInt64: Int] = [:]
    var (a, b) = (1, 1)
    for symbol in 0..<40 {
      counts[UInt64(symbol)] = a
      (a, b) = (b, a + b)
    }
    let code = HuffmanCode(counts: counts)
    #expect(code.lengthOfSymbol[0] == 39)
    #expect(code.lengthOfSymbol.values.reduce(0) { $0 + 0x1p-40 * Double(1 << (40 - $1)) } == 1)
  }

  /// Within a bit a symbol of the entropy, which no code can beat (Shannon 1948).
  @Test func codesAreNearTheEntropy() {
    var random = SplitMix(seed: 9)
    let integers = (0..<20_000).map { _ in
      (0..<4).reduce(0) { sum, _ in sum + Int.random(in: -20...20, using: &random) } / 4
    }
    let weights = WeightCodes(integers: integers.map { $0 == 0 ? 1 : $0 }, bits: 8)
    var counts: [UInt64: Int] = [:]
    for code in weights.codes { counts[code, default: 0] += 1 }
    let entropy = counts.values.reduce(0.0) {
      $0 - Double($1) * log2(Double($1) / Double(weights.codes.count))
    }
    let size = Double(8 * HuffmanEncoding().encode(weights).count)
    #expect(size > entropy)
    // 40 bits ahead, and two tables.
    #expect(size < entropy + 0.1 * Double(weights.codes.count) + 40 + 8 * 256)
  }
}
