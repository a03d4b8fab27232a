/// How pictures become samples, apart from the numbers: all of it optional.
public struct ImageGeometry: Hashable, Sendable {
  public enum Channels: String, Hashable, Sendable, Codable, CaseIterable { case rgb, bgr, gray }
  public enum Layout: String, Hashable, Sendable, Codable, CaseIterable { case nchw, nhwc }

  /// Pixels that the shorter side is resized to, the other in proportion, cut down to a whole number.
  public var resize: Int?
  /// Pixels of the square that is cut out of the middle; what lies outside of a smaller picture is 0.
  public var crop: Int?
  /// nil for gray where the model's input has one channel, else red, green, blue.
  public var channels: Channels?
  /// nil for what the model's input is.
  public var layout: Layout?

  /// The longest side that a picture is made.
  private static let maximumSide = 8192

  public init(resize: Int? = nil, crop: Int? = nil, channels: Channels? = nil, layout: Layout? = nil) {
    self.resize = resize
    self.crop = crop
    self.channels = channels
    self.layout = layout
  }

  /// With what `other` says where it says something.
  func overridden(by other: ImageGeometry) -> ImageGeometry {
    ImageGeometry(
      resize: other.resize ?? resize, crop: other.crop ?? crop, channels: other.channels ?? channels,
      layout: other.layout ?? layout)
  }

  /// What is wrong, in a sentence without a subject; nil if nothing is.
  var mistake: String? {
    for (name, value) in [("resize", resize), ("crop", crop)] {
      guard let value else { continue }
      if !(1...Self.maximumSide).contains(value) { return "\(name) must be 1...\(Self.maximumSide) pixels" }
    }
    return nil
  }

  /// The picture in gray where that is asked for, resized and cropped.
  ///
  /// - Throws: `FormatError` where it would become too large.
  func applied(to image: PixelImage, gray: Bool, path: String) throws(FormatError) -> PixelImage {
    var image = gray ? image.inGray() : image
    if let resize {
      let shorter = min(image.width, image.height)
      let width = image.width == shorter ? resize : resize * image.width / shorter
      let height = image.height == shorter ? resize : resize * image.height / shorter
      try ImageCodecs.check(width: width, height: height, path: path)
      image = BilinearResampling.resized(image, width: width, height: height)
    }
    if let crop { image = Self.cropped(image, to: crop) }
    return image
  }

  /// As torchvision's `CenterCrop`: half of what is left over goes to the left, rounded to even, and half of what
  /// is missing as well, rounded down.
  private static func cropped(_ image: PixelImage, to side: Int) -> PixelImage {
    if image.width == side && image.height == side { return image }
    let start = { (size: Int) -> Int in
      size >= side
        ? Int((Double(size - side) / 2).rounded(.toNearestOrEven)) : -((side - size) / 2)
    }
    let (left, top) = (start(image.width), start(image.height))
    let channels = image.channels
    var bytes = [UInt8](repeating: 0, count: side * side * channels)
    for row in max(0, -top)..<min(side, image.height - top) {
      let columns = max(0, -left)..<min(side, image.width - left)
      let source = ((row + top) * image.width + columns.lowerBound + left) * channels
      let target = (row * side + columns.lowerBound) * channels
      let count = columns.count * channels
      bytes.replaceSubrange(target..<(target + count), with: image.bytes[source..<(source + count)])
    }
    return PixelImage(width: side, height: side, channels: channels, bytes: bytes)
  }
}
