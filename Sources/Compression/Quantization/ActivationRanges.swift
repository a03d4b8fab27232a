/// The ranges by which tensors are quantized, as their calibration found them over samples; each includes 0.
public struct ActivationRanges: Hashable, Sendable {
  public struct Range: Hashable, Sendable {
    public var low: Float
    public var high: Float

    public init(low: Float, high: Float) {
      self.low = low
      self.high = high
    }
  }

  /// By the tensor's name.
  public var ranges: [String: Range]

  public init(_ ranges: [String: Range] = [:]) { self.ranges = ranges }

  public subscript(tensor: String) -> Range? { ranges[tensor] }
}
