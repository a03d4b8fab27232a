/// Deep Compression's last stage (Han, Mao and Dally 2016, section 4): a relative index whose integers and
/// distances are Huffman-coded, each by a code of their own.
///
/// Ahead of all stand the number of entries (32 bits), the width of distances (8 bits), and both codes as tables
/// of lengths. Where nothing is pruned all distances are the same and take no bits: what is left is a plain
/// Huffman code of the integers.
package struct HuffmanEncoding: WeightEncoding {
  /// Numbers of more bits hardly repeat, and a table of them would take more than it saves.
  package static let widest = 16

  /// Whether there is something to gain: integers of few bits. Floating-point weights are all different.
  package static func applies(to weights: WeightCodes) -> Bool {
    weights.isQuantized && weights.layout.bits <= widest
  }

  package init() {}

  private struct Choice {
    var gapBits: Int
    var gaps: HuffmanCode
    var values: HuffmanCode
    var entries: Int
    var bits: Int
  }

  package func byteCount(of weights: WeightCodes, positions: [Int]) -> Int {
    (Self.best(weights, positions).bits + 7) / 8
  }

  package func encode(_ weights: WeightCodes) -> [UInt8] {
    let positions = weights.positions
    let choice = Self.best(weights, positions)
    var writer = BitWriter()
    writer.write(UInt64(choice.entries), bits: 32)
    writer.write(UInt64(choice.gapBits), bits: 8)
    choice.gaps.write(to: &writer, symbolBits: choice.gapBits)
    choice.values.write(to: &writer, symbolBits: weights.layout.bits)
    let (gaps, values) = (choice.gaps.table, choice.values.table)
    weights.forEachEntry(positions, gapBits: choice.gapBits) { gap, code in
      if let entry = gaps[UInt64(gap)] { writer.write(entry.code, bits: entry.length) }
      if let entry = values[code] { writer.write(entry.code, bits: entry.length) }
    }
    return writer.bytes
  }

  package func decode(_ bytes: [UInt8], _ layout: CodeLayout) -> [UInt64]? {
    var reader = BitReader(bytes)
    guard let entries = reader.read(bits: 32), let gapBits = reader.read(bits: 8),
      RelativeIndexEncoding.gapWidths.contains(Int(gapBits)),
      let gaps = HuffmanCode(from: &reader, symbolBits: Int(gapBits)),
      let values = HuffmanCode(from: &reader, symbolBits: layout.bits)
    else { return nil }
    var codes = layout.blank
    var position = -1
    for _ in 0..<entries {
      guard let gap = gaps.read(from: &reader), let code = values.read(from: &reader) else { return nil }
      position += Int(gap) + 1
      guard position < layout.count else { return nil }
      codes[position] = code
    }
    return codes
  }

  /// The width of distances that takes the fewest bits, and the codes for it.
  private static func best(_ weights: WeightCodes, _ positions: [Int]) -> Choice {
    var best: Choice?
    for gapBits in RelativeIndexEncoding.gapWidths {
      var gapCounts = [Int](repeating: 0, count: 1 << gapBits)
      var valueCounts = [Int](repeating: 0, count: 1 << weights.layout.bits)
      var entries = 0
      weights.forEachEntry(positions, gapBits: gapBits) { gap, code in
        gapCounts[gap] += 1
        valueCounts[Int(code)] += 1
        entries += 1
      }
      let (gaps, values) = (counts(gapCounts), counts(valueCounts))
      let (gapCode, valueCode) = (HuffmanCode(counts: gaps), HuffmanCode(counts: values))
      let bits =
        RelativeIndexEncoding.headerBits + gapCode.tableBits(symbolBits: gapBits)
        + valueCode.tableBits(symbolBits: weights.layout.bits) + gapCode.bits(of: gaps)
        + valueCode.bits(of: values)
      if best.map({ bits < $0.bits }) ?? true {
        best = Choice(gapBits: gapBits, gaps: gapCode, values: valueCode, entries: entries, bits: bits)
      }
    }
    // The range of widths is a constant of this file and not empty.
    guard let best else { preconditionFailure("there are widths to choose from") }
    return best
  }

  private static func counts(_ list: [Int]) -> [UInt64: Int] {
    var counts: [UInt64: Int] = [:]
    for (symbol, count) in list.enumerated() where count > 0 { counts[UInt64(symbol)] = count }
    return counts
  }
}
