/// How Resize and Upsample find the values between those that they have.
public struct Resizing: Hashable, Sendable {
  public enum Method: Hashable, Sendable {
    case nearest(Rounding)
    case linear
    /// By the cubic of this coefficient (Keys 1981).
    case cubic(Float)
  }

  /// Which position a place between two is.
  public enum Rounding: String, Hashable, Sendable {
    case preferFloor = "round_prefer_floor"
    case preferCeil = "round_prefer_ceil"
    case floor, ceil
    /// As ONNX Runtime does before opset 11, where the standard says nothing: down where the axis gets longer, up where
    /// it gets shorter.
    case simple
  }

  /// Which place in the input a position in the output is.
  public enum Coordinates: String, Hashable, Sendable {
    case halfPixel = "half_pixel"
    case symmetric = "half_pixel_symmetric"
    case torchHalfPixel = "pytorch_half_pixel"
    case tensorFlowHalfPixel = "tf_half_pixel_for_nn"
    case alignCorners = "align_corners"
    case asymmetric
    case cropAndResize = "tf_crop_and_resize"
  }

  public enum AspectRatio: String, Hashable, Sendable {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }

  public var method: Method
  public var coordinates: Coordinates
  /// Whether positions outside do not count, instead of being those at the edge.
  public var excludesOutside = false
  /// Whether an axis that gets shorter is smoothed by as much.
  public var smooths = false
  /// What lies outside of the part that is cropped.
  public var extrapolation: Float = 0

  /// As Upsample, and Resize before opset 11, have it.
  init(early node: Node) throws(GraphError) {
    coordinates = .asymmetric
    switch try node.string("mode") ?? "nearest" {
    case "nearest": method = .nearest(.simple)
    case "linear", "bilinear": method = .linear
    case let other: throw node.invalid("mode", "is '\(other)', which is neither nearest nor linear")
    }
  }

  init(_ node: Node) throws(GraphError) {
    coordinates = try node.choice("coordinate_transformation_mode", default: .halfPixel)
    switch try node.string("mode") ?? "nearest" {
    case "nearest": method = .nearest(try node.choice("nearest_mode", default: .preferFloor))
    case "linear": method = .linear
    case "cubic": method = .cubic(try node.float("cubic_coeff_a", default: -0.75))
    case let other: throw node.invalid("mode", "is '\(other)', which is none of nearest, linear and cubic")
    }
    excludesOutside = try node.bool("exclude_outside", default: false)
    smooths = try node.bool("antialias", default: false)
    extrapolation = try node.float("extrapolation_value", default: 0)
  }

  /// One axis, with all its numbers.
  public struct Axis: Hashable, Sendable {
    public var input: Int
    public var output: Int
    /// The output's size to the input's, which may be rounded in `output`.
    public var scale: Float
    /// The output's size before it was rounded.
    public var exactOutput: Double
    /// What of the input is cropped: 0 is the first position, 1 the last.
    public var start: Float = 0
    public var end: Float = 1
  }
}

extension Node {
  func choice<Choice: RawRepresentable<String>>(_ name: String, default value: Choice) throws(GraphError)
    -> Choice
  {
    guard let text = try string(name) else { return value }
    guard let choice = Choice(rawValue: text) else { throw invalid(name, "is '\(text)', which is not known") }
    return choice
  }
}
