/// What a quantized weight is made of.
public enum WeightScheme: String, Hashable, Sendable, CaseIterable {
  /// Integers and a scale, with zero in the middle.
  case symmetric
  /// Integers, a scale, and a zero point where the range of values puts it.
  case affine
  /// Equal steps from the least to the greatest weight, of which none need be zero.
  case minMax = "min_max"
  /// Indices into a list of values that fit the layer best.
  case codebook
  /// Zero, or a power of two of either sign.
  case powerOfTwo = "power_of_two"
  case float16
  case bfloat16
  /// Floats of 8 bits with one scale for the tensor, four of them exponent.
  case float8E4M3 = "float8_e4m3"
  /// The same with five bits of exponent.
  case float8E5M2 = "float8_e5m2"

  public init(_ scheme: Scheme) { self = scheme == .symmetric ? .symmetric : .affine }

  /// Where zero lies in a linear scheme; nil for the others, which are not integers times a scale.
  public var linear: Scheme? {
    switch self {
    case .symmetric: .symmetric
    case .affine: .affine
    case .minMax, .codebook, .powerOfTwo, .float16, .bfloat16, .float8E4M3, .float8E5M2: nil
    }
  }

  /// The bits that an element can have.
  public var widths: [ClosedRange<Int>] {
    switch self {
    case .symmetric, .affine: [BitWidth.quantized, 16...16]
    case .minMax, .codebook, .powerOfTwo: [BitWidth.quantized]
    case .float16, .bfloat16: [16...16]
    case .float8E4M3, .float8E5M2: [8...8]
    }
  }

  /// The only width that there is, or nil.
  public var fixedWidth: Int? {
    widths.count == 1 && widths[0].count == 1 ? widths[0].lowerBound : nil
  }

  /// The scheme's own width that comes nearest; 32 stays none.
  public func width(nearest bits: Int) -> Int {
    if bits == BitWidth.float || widths.contains(where: { $0.contains(bits) }) { return bits }
    let nearest = widths.flatMap { [$0.lowerBound, $0.upperBound] }.min { abs($0 - bits) < abs($1 - bits) }
    return nearest ?? bits
  }
}

/// What a linear scheme leaves open.
public struct LinearOptions: Hashable, Sendable {
  /// Where a number half-way between two integers goes.
  public enum Rounding: String, Hashable, Sendable, CaseIterable {
    /// To the even one, as in ONNX Runtime and torch.
    case halfEven = "half_even"
    /// Away from zero, as in TensorFlow Lite.
    case halfAway = "half_away"
  }

  /// Which of a width's integers are used.
  public enum Integers: String, Hashable, Sendable, CaseIterable {
    /// Those that the mode takes: all, without the lowest in signed symmetric weights, so that zero lies in the
    /// middle.
    case standard
    /// All, whatever the scheme.
    case full
    /// All but the lowest.
    case narrow
    /// Those of one bit less, so that sums of products on old processors do not overflow: ONNX Runtime's
    /// `reduce_range`.
    case reduced
  }

  /// How the range of the weights is found.
  public enum Calibration: String, Hashable, Sendable, CaseIterable {
    case minmax
    /// The range with the least squared error.
    case mse
    /// The scales that training with learned scales has left in symmetric weights; where these are multiples of none,
    /// as `mse`.
    case learned
  }

  /// nil for the mode's own.
  public var rounding: Rounding?
  public var integers: Integers
  public var isSigned: Bool
  public var calibration: Calibration
  public var method: RoundingMethod

  public init(
    rounding: Rounding? = nil, integers: Integers = .standard, isSigned: Bool = true,
    calibration: Calibration = .minmax, method: RoundingMethod = .nearest
  ) {
    self.rounding = rounding
    self.integers = integers
    self.isSigned = isSigned
    self.calibration = calibration
    self.method = method
  }

  /// What a recipe means that says nothing.
  public static let standard = LinearOptions()
}
