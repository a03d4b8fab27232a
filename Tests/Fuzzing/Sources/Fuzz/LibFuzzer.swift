/// What libFuzzer calls, and what it offers: llvm.org/docs/LibFuzzer.html.
enum LibFuzzer {
  /// libFuzzer's own mutation: bits, bytes, numbers, pieces of the dictionary and of other files.
  static func mutated(_ input: [UInt8], limit: Int) -> [UInt8] {
    if limit == 0 { return [] }
    var buffer = Array(input.prefix(limit)) + [UInt8](repeating: 0, count: max(limit - input.count, 0))
    let count = buffer.withUnsafeMutableBufferPointer {
      mutate($0.baseAddress!, min(input.count, limit), limit)
    }
    return Array(buffer.prefix(count))
  }

  @_silgen_name("LLVMFuzzerMutate")
  private static func mutate(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int) -> Int
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzTargets.chosen.run(Array(UnsafeBufferPointer(start: data, count: count)))
  return 0
}

@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: UInt32) -> Int {
  let input = Array(UnsafeBufferPointer(start: data, count: count))
  let result = FuzzTargets.chosen.mutated(input, limit: limit, seed: seed)
  // What grew too large is given up for what it came of.
  guard result.count <= limit, !result.isEmpty else { return count }
  for (index, byte) in result.enumerated() { data[index] = byte }
  return result.count
}
