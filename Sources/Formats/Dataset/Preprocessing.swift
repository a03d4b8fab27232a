/// How stored numbers become a network's input: `x = Float(stored) * scale`, then `(x - mean[c]) / std[c]` for
/// channel `c` where mean and deviation are given; every step rounded to float32, as NumPy and torch do it.
public struct Preprocessing: Hashable, Sendable {
  /// nil for what the data's format has by itself: 1/255 for images of bytes, 1 for the rest.
  public var scale: Float?
  /// One number for all channels, or one for each; nil for 0.
  public var mean: [Float]?
  /// One number for all channels, or one for each; nil for 1.
  public var std: [Float]?
  /// What is done to pictures before that.
  public var geometry: ImageGeometry

  public init(
    scale: Float? = nil, mean: [Float]? = nil, std: [Float]? = nil,
    geometry: ImageGeometry = ImageGeometry()
  ) {
    self.scale = scale
    self.mean = mean
    self.std = std
    self.geometry = geometry
  }

  /// With the numbers of `other` where it has some.
  public func overridden(by other: Preprocessing) -> Preprocessing {
    Preprocessing(
      scale: other.scale ?? scale, mean: other.mean ?? mean, std: other.std ?? std,
      geometry: geometry.overridden(by: other.geometry))
  }

  /// What is wrong with the numbers, in a sentence without a subject; nil if nothing is.
  public var mistake: String? {
    for (name, values) in [("scale", scale.map { [$0] }), ("mean", mean), ("std", std)] {
      guard let values else { continue }
      if values.isEmpty { return "\(name) has no number" }
      if !values.allSatisfy(\.isFinite) { return "\(name) has a value that is no number" }
      if name != "mean" && values.contains(0) { return "\(name) must not be 0" }
    }
    if let mean, let std, mean.count != std.count, mean.count != 1, std.count != 1 {
      return "mean has \(mean.count) values but std has \(std.count)"
    }
    return geometry.mistake
  }

  /// - Throws: `FormatError` where something is asked for that only pictures have.
  func refuseGeometry(_ path: String) throws(FormatError) {
    guard geometry != ImageGeometry() else { return }
    throw FormatError(
      path, "is no directory of pictures, but resize, crop, channels and layout are for those")
  }
}
