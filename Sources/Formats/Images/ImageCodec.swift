/// A kind of picture file. One file and one line in `all` for each.
protocol ImageCodec: SendableMetatype {
  /// The bytes that such a file begins with.
  static var magic: [UInt8] { get }

  /// Red, green and blue of each pixel; what a file says of transparency is dropped, as by Pillow's `convert("RGB")`.
  ///
  /// - Throws: `FormatError` for a file that is damaged, cut short, or larger than `PixelImage.maximumPixels`.
  static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(FormatError) -> PixelImage
}

enum ImageCodecs {
  static let all: [any ImageCodec.Type] = [JPEGCodec.self, PNGCodec.self]
  /// How the names of picture files end.
  static let suffixes = [".png", ".jpg", ".jpeg"]

  /// - Throws: `FormatError` that names the file.
  static func decode(path: String) throws(FormatError) -> PixelImage {
    let file = try FileAccess.map(path)
    defer { withExtendedLifetime(file) {} }
    guard let codec = all.first(where: { file.bytes.starts(with: $0.magic) }) else {
      throw FormatError(path, file.bytes.isEmpty ? "is empty" : "is neither a PNG nor a JPEG file")
    }
    return try codec.decode(file.bytes, path: path)
  }

  /// - Throws: `FormatError` for a picture without pixels, or with too many.
  static func check(width: Int, height: Int, path: String) throws(FormatError) {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    if width < 1 || height < 1 { throw FormatError(path, "is a picture of \(width) x \(height) pixels") }
    if overflow || pixels > PixelImage.maximumPixels {
      throw FormatError(
        path, "has \(width) x \(height) pixels; Pare reads up to \(PixelImage.maximumPixels), make it smaller"
      )
    }
  }
}
