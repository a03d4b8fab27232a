/// A prefix code that gives frequent symbols few bits (Huffman 1952), in its canonical form, which follows from the
/// lengths alone.
package struct HuffmanCode: Sendable {
  /// Bits in which a length is stored. Symbols that are met fewer than 2^40 times have none above 63.
  private static let lengthBits = 6

  /// In the order of their codes: by length, then by number. A symbol that is the only one has no bits at all.
  private let symbols: [UInt64]
  private let lengths: [Int]
  private let codes: [UInt64]

  /// - Parameter counts: how often each symbol is met; symbols that are not are left out.
  package init(counts: [UInt64: Int]) {
    let sorted = counts.filter { $0.value > 0 }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    self.init(zip(sorted.map(\.key), Self.depths(sorted.map(\.value))).map { ($0, $1) })
  }

  private init(_ symbols: [(symbol: UInt64, length: Int)]) {
    let sorted = symbols.sorted { ($0.length, $0.symbol) < ($1.length, $1.symbol) }
    var code: UInt64 = 0
    var codes: [UInt64] = []
    for (index, entry) in sorted.enumerated() {
      if index > 0 { code = (code &+ 1) << UInt64(entry.length - sorted[index - 1].length) }
      codes.append(code)
    }
    self.symbols = sorted.map(\.symbol)
    lengths = sorted.map(\.length)
    self.codes = codes
  }

  /// Depths of the leaves, which come in the order of their weights. Of equal ones, leaves are joined first, which
  /// keeps the tree flat.
  private static func depths(_ weights: [Int]) -> [Int] {
    guard weights.count > 1 else { return weights.map { _ in 0 } }
    var all = weights
    var parents = [Int](repeating: 0, count: 2 * weights.count - 1)
    var leaf = 0
    var inner = weights.count
    func next() -> Int {
      if leaf < weights.count, inner == all.count || all[leaf] <= all[inner] {
        leaf += 1
        return leaf - 1
      }
      inner += 1
      return inner - 1
    }
    while all.count < parents.count {
      let (first, second) = (next(), next())
      parents[first] = all.count
      parents[second] = all.count
      all.append(all[first] + all[second])
    }
    var depths = [Int](repeating: 0, count: parents.count)
    for index in (0..<parents.count - 1).reversed() { depths[index] = depths[parents[index]] + 1 }
    return Array(depths[..<weights.count])
  }

  /// Bits of a symbol's code, by symbol.
  package var lengthOfSymbol: [UInt64: Int] { Dictionary(uniqueKeysWithValues: zip(symbols, lengths)) }

  /// Bits that symbols take which are met so often.
  package func bits(of counts: [UInt64: Int]) -> Int {
    zip(symbols, lengths).reduce(0) { $0 + $1.1 * counts[$1.0, default: 0] }
  }

  /// Codes and their lengths, by symbol.
  package var table: [UInt64: (code: UInt64, length: Int)] {
    Dictionary(uniqueKeysWithValues: symbols.indices.map { (symbols[$0], (codes[$0], lengths[$0])) })
  }

  /// Reads one symbol; nil where the bits are none.
  ///
  /// - Complexity: linear in the symbols, of which there are few for what is read back here.
  package func read(from reader: inout BitReader) -> UInt64? {
    if symbols.count == 1 { return symbols[0] }
    var code: UInt64 = 0
    var length = 0
    var index = 0
    while index < symbols.count {
      while length < lengths[index] {
        guard let bit = reader.read(bits: 1) else { return nil }
        code = code << 1 | bit
        length += 1
      }
      // Codes of one length are consecutive.
      if codes[index] == code { return symbols[index] }
      index += 1
    }
    return nil
  }

  // MARK: - The code itself, as stored

  /// Bits that `write` takes: the lengths of all symbols that there could be, or, where that is less, a list of
  /// those that there are.
  package func tableBits(symbolBits: Int) -> Int { 1 + min(fullBits(symbolBits), listBits(symbolBits)) }

  private func fullBits(_ symbolBits: Int) -> Int {
    // The only symbol of all is told from those that are missing by a list alone.
    symbols.count < 2 ? Int.max - 1 : Self.lengthBits << symbolBits
  }

  private func listBits(_ symbolBits: Int) -> Int {
    symbolBits + 1 + symbols.count * (symbolBits + Self.lengthBits)
  }

  package func write(to writer: inout BitWriter, symbolBits: Int) {
    if fullBits(symbolBits) < listBits(symbolBits) {
      writer.write(0, bits: 1)
      let lengths = lengthOfSymbol
      for symbol in 0..<UInt64(1) << UInt64(symbolBits) {
        writer.write(UInt64(lengths[symbol] ?? 0), bits: Self.lengthBits)
      }
      return
    }
    writer.write(1, bits: 1)
    writer.write(UInt64(symbols.count), bits: symbolBits + 1)
    for (symbol, length) in zip(symbols, lengths) {
      writer.write(symbol, bits: symbolBits)
      writer.write(UInt64(length), bits: Self.lengthBits)
    }
  }

  /// Reads what `write` wrote; nil where the bytes end before.
  package init?(from reader: inout BitReader, symbolBits: Int) {
    guard let isList = reader.read(bits: 1) else { return nil }
    var entries: [(UInt64, Int)] = []
    if isList == 0 {
      for symbol in 0..<UInt64(1) << UInt64(symbolBits) {
        guard let length = reader.read(bits: Self.lengthBits) else { return nil }
        if length > 0 { entries.append((symbol, Int(length))) }
      }
    } else {
      guard let count = reader.read(bits: symbolBits + 1) else { return nil }
      for _ in 0..<count {
        guard let symbol = reader.read(bits: symbolBits), let length = reader.read(bits: Self.lengthBits)
        else { return nil }
        entries.append((symbol, Int(length)))
      }
    }
    guard Set(entries.map(\.0)).count == entries.count else { return nil }
    self.init(entries)
  }
}
