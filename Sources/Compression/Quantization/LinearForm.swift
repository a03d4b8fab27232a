/// All that makes integers of a range of numbers.
struct LinearForm: Hashable, Sendable {
  var bits: Int
  var scheme: Scheme
  var options: LinearOptions
  /// nil for Pare's own choice, which is ONNX Runtime's but for 4 bits.
  var mode: QuantizationMode?

  /// - Parameter range: of finite numbers; it is widened to include 0.
  func parameters(_ range: ActivationRanges.Range) -> LinearParameters {
    mode.rules.parameters(low: min(range.low, 0), high: max(range.high, 0), self)
  }
}

extension WeightRule {
  /// - Returns: nil for schemes that are not linear.
  func form(_ mode: QuantizationMode?) -> LinearForm? {
    scheme.linear.map { LinearForm(bits: bits, scheme: $0, options: linear, mode: mode) }
  }
}

extension WeightRule {
  /// Where a number half-way between two integers goes.
  func rounding(_ mode: QuantizationMode?) -> LinearOptions.Rounding {
    linear.rounding ?? mode.rules.rounding
  }
}

extension ActivationRule {
  func form(_ mode: QuantizationMode?) -> LinearForm {
    LinearForm(
      bits: bits, scheme: scheme, options: LinearOptions(integers: integers, isSigned: isSigned), mode: mode)
  }
}
