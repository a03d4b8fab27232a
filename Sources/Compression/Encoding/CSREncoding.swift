/// Compressed sparse rows. A row is a position of the first axis.
///
/// A byte says how wide row pointers are: 8, 16 or 32 bits, the fewest that hold the number of non-zero
/// elements. Then come the pointers, one more than there are rows; the columns, 8, 16 or 32 bits each, the fewest
/// that hold the last column; and the elements, packed.
package struct CSREncoding: WeightEncoding {
  package init() {}

  package func byteCount(of weights: WeightCodes, positions: [Int]) -> Int {
    let layout = weights.layout
    let bits = Self.width(positions.count) * (layout.rows + 1) + Self.columnBits(layout) * positions.count
    return 1 + bits / 8 + (positions.count * layout.bits + 7) / 8
  }

  package func encode(_ weights: WeightCodes) -> [UInt8] {
    let layout = weights.layout
    let positions = weights.positions
    let pointerBits = Self.width(positions.count)
    var writer = BitWriter()
    writer.write(UInt64(pointerBits), bits: 8)
    var next = 0
    writer.write(0, bits: pointerBits)
    for row in 0..<layout.rows {
      while next < positions.count, positions[next] < (row + 1) * layout.columns { next += 1 }
      writer.write(UInt64(next), bits: pointerBits)
    }
    for position in positions {
      writer.write(UInt64(position % layout.columns), bits: Self.columnBits(layout))
    }
    for position in positions { writer.write(weights.codes[position], bits: layout.bits) }
    return writer.bytes
  }

  package func decode(_ bytes: [UInt8], _ layout: CodeLayout) -> [UInt64]? {
    var reader = BitReader(bytes)
    guard let pointerBits = reader.read(bits: 8), [8, 16, 32].contains(pointerBits) else { return nil }
    var pointers: [Int] = []
    for _ in 0...layout.rows {
      guard let pointer = reader.read(bits: Int(pointerBits)), Int(pointer) >= pointers.last ?? 0,
        Int(pointer) <= layout.count
      else { return nil }
      pointers.append(Int(pointer))
    }
    var positions: [Int] = []
    for row in 0..<layout.rows {
      for _ in pointers[row]..<pointers[row + 1] {
        guard let column = reader.read(bits: Self.columnBits(layout)), Int(column) < layout.columns else {
          return nil
        }
        positions.append(row * layout.columns + Int(column))
      }
    }
    var codes = layout.blank
    for position in positions {
      guard let code = reader.read(bits: layout.bits) else { return nil }
      codes[position] = code
    }
    return codes
  }

  package static func columnBits(_ layout: CodeLayout) -> Int { width(layout.columns - 1) }

  /// Bits that hold numbers up to `last`.
  private static func width(_ last: Int) -> Int { last < 1 << 8 ? 8 : last < 1 << 16 ? 16 : 32 }
}
