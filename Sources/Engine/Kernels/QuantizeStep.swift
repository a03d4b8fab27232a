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
    typealias Lane = SIMD8<Float>
    // Saturating before the zero point is added keeps every number small enough to be exact.
    let (low, high) = (range.lowerBound - zeroPoint, range.upperBound - zeroPoint)
    let (scales, lows, highs) = (Lane(repeating: scale), Lane(repeating: low), Lane(repeating: high))
    // Adding and taking away 1.5 * 2^23 rounds half to even, in the few instructions that every processor has.
    let magic = Lane(repeating: 0x1.8p23)
    let (first, last) = (clamp?.lowerBound ?? -.infinity, clamp?.upperBound ?? .infinity)
    let (firsts, lasts) = (Lane(repeating: first), Lane(repeating: last))
    var index = 0
    while index + Lane.scalarCount <= count {
      var x = UnsafeRawPointer(input + index).loadUnaligned(as: Lane.self)
      x.replace(with: firsts, where: x .< firsts)
      x.replace(with: lasts, where: x .> lasts)
      x /= scales
      x.replace(with: lows, where: x .< lows)
      x.replace(with: highs, where: x .> highs)
      UnsafeMutableRawPointer(output + index).storeBytes(of: ((x + magic) - magic) * scales, as: Lane.self)
      index += Lane.scalarCount
    }
    while index < count {
      let x = min(max(input[index], first), last) / scale
      output[index] = min(max(x, low), high).rounded(.toNearestOrEven) * scale
      index += 1
    }
  }
}
