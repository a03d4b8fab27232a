/// The least and the greatest of some numbers and 0.
struct FloatExtent {
  private(set) var low: Float = 0
  private(set) var high: Float = 0
  /// 0 where all are finite, else not a number: 0 times what is not finite is none, and stays so in a sum.
  private(set) var check: Float = 0

  /// - Complexity: linear; eight at a time, for the compiler may not reorder comparisons by itself.
  init(_ values: UnsafeBufferPointer<Float>) {
    var lows = SIMD8<Float>()
    var highs = lows
    var checks = lows
    let whole = values.count & ~7
    let raw = UnsafeRawBufferPointer(values)
    for index in stride(from: 0, to: whole, by: 8) {
      let eight = raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
      lows.replace(with: eight, where: eight .< lows)
      highs.replace(with: eight, where: eight .> highs)
      checks += eight * 0
    }
    low = lows.min()
    high = highs.max()
    check = checks.sum()
    for index in whole..<values.count {
      let value = values[index]
      low = value < low ? value : low
      high = value > high ? value : high
      check += value * 0
    }
  }
}
