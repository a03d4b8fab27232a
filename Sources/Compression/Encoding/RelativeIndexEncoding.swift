/// Non-zero elements, each with its distance to the one before (Han, Mao and Dally 2016, section 3).
///
/// A distance of `g` bits reaches from 1 to 2^g; over a longer way a zero is stored as if it were no zero, a
/// filler, as often as needed. The first distance counts from before the first element. Ahead of all stand the
/// number of entries (32 bits) and `g` (8 bits), which is the one of 4 to 8 that takes the fewest bytes.
package struct RelativeIndexEncoding: WeightEncoding {
  package static let gapWidths = 4...8
  package static let headerBits = 40

  /// Distances of one width, nil for the best.
  package var gapBits: Int?

  package init(gapBits: Int? = nil) { self.gapBits = gapBits }

  package func byteCount(of weights: WeightCodes, positions: [Int]) -> Int {
    let bits = gapBits ?? Self.bestGapBits(positions, bits: weights.layout.bits)
    return Self.byteCount(entries: Self.entries(positions, gapBits: bits), gapBits: bits, weights.layout)
  }

  package func encode(_ weights: WeightCodes) -> [UInt8] {
    let positions = weights.positions
    let gapBits = gapBits ?? Self.bestGapBits(positions, bits: weights.layout.bits)
    var writer = BitWriter()
    writer.write(UInt64(Self.entries(positions, gapBits: gapBits)), bits: 32)
    writer.write(UInt64(gapBits), bits: 8)
    weights.forEachEntry(positions, gapBits: gapBits) { gap, code in
      writer.write(UInt64(gap), bits: gapBits)
      writer.write(code, bits: weights.layout.bits)
    }
    return writer.bytes
  }

  package func decode(_ bytes: [UInt8], _ layout: CodeLayout) -> [UInt64]? {
    var reader = BitReader(bytes)
    guard let entries = reader.read(bits: 32), let gapBits = reader.read(bits: 8),
      Self.gapWidths.contains(Int(gapBits))
    else { return nil }
    var codes = layout.blank
    var position = -1
    for _ in 0..<entries {
      guard let gap = reader.read(bits: Int(gapBits)), let code = reader.read(bits: layout.bits) else {
        return nil
      }
      position += Int(gap) + 1
      guard position < layout.count else { return nil }
      codes[position] = code
    }
    return codes
  }

  /// Elements and fillers.
  package static func entries(_ positions: [Int], gapBits: Int) -> Int {
    var last = -1
    var entries = 0
    for position in positions {
      entries += (position - last - 1) >> gapBits + 1
      last = position
    }
    return entries
  }

  /// The narrowest of the widths that take the fewest bits.
  package static func bestGapBits(_ positions: [Int], bits: Int) -> Int {
    gapWidths.min { left, right in
      entries(positions, gapBits: left) * (left + bits) < entries(positions, gapBits: right) * (right + bits)
    } ?? gapWidths.lowerBound
  }

  private static func byteCount(entries: Int, gapBits: Int, _ layout: CodeLayout) -> Int {
    (headerBits + entries * (gapBits + layout.bits) + 7) / 8
  }
}

extension WeightCodes {
  /// Calls `body` with every element that is not zero and every filler, in order.
  ///
  /// - Parameter body: gets the distance less 1, and the code.
  package func forEachEntry(_ positions: [Int], gapBits: Int, _ body: (_ gap: Int, _ code: UInt64) -> Void) {
    let reach = 1 << gapBits
    var last = -1
    for position in positions {
      while position - last > reach {
        last += reach
        body(reach - 1, layout.zero(at: last))
      }
      body(position - last - 1, codes[position])
      last = position
    }
  }
}
