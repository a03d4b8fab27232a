import Tensor

/// QuantizeLinear and DequantizeLinear in one pass, with one scale: the value stays float32 and becomes the
/// nearest that the integer type can express. An optional clamp before it is the Clip of a narrower width.
///
/// The arithmetic is that of the two operators, to the last bit: a true division, half to even, saturation.
struct QuantizeStep: Step {
  let source: Value
  let destination: Value
  let scale: Float
  let zeroPoint: Float
  let range: ClosedRange<Float>
  let clamp: ClosedRange<Float>?

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let (from, to) = (memory.address(source), memory.address(destination))
    let count = source.storedCount
    return { inputs in run(from.floats(inputs), to.floats(inputs), count) }
  }

  private func run(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ count: Int) {
    // Saturating before the zero point is added keeps every number small enough to be exact.
    let (low, high) = (range.lowerBound - zeroPoint, range.upperBound - zeroPoint)
    let (first, last) = (clamp?.lowerBound ?? -.infinity, clamp?.upperBound ?? .infinity)
    // Adding and taking away 1.5 * 2^23 rounds half to even, in the few instructions that every processor has.
    let magic: Float = 0x1.8p23
    for index in 0..<count {
      var x = input[index]
      x = x > first ? x : first
      x = x < last ? x : last
      x /= scale
      x = x > low ? x : low
      x = x < high ? x : high
      output[index] = ((x + magic) - magic) * scale
    }
  }
}
