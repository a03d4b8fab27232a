import Foundation
import Tensor

extension CodebookWeight {
  /// Zero and `2^(bits-1) - 1` powers of two of either sign, by which a product is a shift. The greatest is
  /// `2^floor(log2(4/3 max|w|))`, to which the greatest weight rounds: Zhou et al., "Incremental Network
  /// Quantization" (2017).
  ///
  /// - Throws: `WeightMismatch` for a number that is not finite.
  init(powersOfTwo weight: Tensor, bits: Int) throws(WeightMismatch) {
    let extent = weight.withElements(of: Float.self) { FloatExtent($0) }
    guard extent.check == 0 else { throw .notFinite }
    let greatest = Double(max(-extent.low, extent.high))
    var powers: [Float] = []
    if greatest >= Double(Float.leastNormalMagnitude) {
      let top = min(Int(floor(log2(greatest * 4 / 3))), 127)
      let last = max(top - (1 << (bits - 1)) + 2, -126)
      if last <= top { powers = (last...top).map { Float(sign: .plus, exponent: $0, significand: 1) } }
    }
    self.init(weight, entries: powers.reversed().map { -$0 } + [0] + powers, pinsZero: false, bits: bits)
  }
}
