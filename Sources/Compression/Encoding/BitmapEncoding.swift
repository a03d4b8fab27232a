/// One bit for each element that says whether it is there, then those that are, packed.
package struct BitmapEncoding: WeightEncoding {
  package init() {}

  package func byteCount(of weights: WeightCodes, positions: [Int]) -> Int {
    (weights.layout.count + positions.count * weights.layout.bits + 7) / 8
  }

  package func encode(_ weights: WeightCodes) -> [UInt8] {
    let positions = weights.positions
    var isThere = [Bool](repeating: false, count: weights.layout.count)
    for position in positions { isThere[position] = true }
    var writer = BitWriter()
    for bit in isThere { writer.write(bit ? 1 : 0, bits: 1) }
    for position in positions { writer.write(weights.codes[position], bits: weights.layout.bits) }
    return writer.bytes
  }

  package func decode(_ bytes: [UInt8], _ layout: CodeLayout) -> [UInt64]? {
    var reader = BitReader(bytes)
    var positions: [Int] = []
    for index in 0..<layout.count {
      guard let bit = reader.read(bits: 1) else { return nil }
      if bit == 1 { positions.append(index) }
    }
    var codes = layout.blank
    for position in positions {
      guard let code = reader.read(bits: layout.bits) else { return nil }
      codes[position] = code
    }
    return codes
  }
}
