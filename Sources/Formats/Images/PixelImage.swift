/// A picture: bytes of `channels` a pixel, row by row from the top.
struct PixelImage {
  let width: Int
  let height: Int
  let channels: Int
  var bytes: [UInt8]

  /// More pixels than this are refused, before memory is taken for them: 192 MiB of bytes, and up to twice as
  /// much again in a decoder.
  static let maximumPixels = 1 << 26

  /// Red, green and blue as one byte of brightness, by ITU-R 601-2 in the whole numbers of Pillow's `convert("L")`.
  func inGray() -> PixelImage {
    guard channels == 3 else { return self }
    let gray = [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
      bytes.withUnsafeBufferPointer { source in
        for pixel in 0..<(width * height) {
          let sum =
            Int(source[3 * pixel]) * 19595 + Int(source[3 * pixel + 1]) * 38470
            + Int(source[3 * pixel + 2]) * 7471 + 0x8000
          target[pixel] = UInt8(truncatingIfNeeded: sum >> 16)
        }
      }
      count = width * height
    }
    return PixelImage(width: width, height: height, channels: 1, bytes: gray)
  }
}
