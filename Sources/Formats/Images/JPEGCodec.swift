import CTurboJPEG

/// JPEG of gray or of colour, baseline or progressive, read with libjpeg-turbo's TurboJPEG, which answers with codes
/// and never jumps out of a call. Orientation tags are not followed.
enum JPEGCodec: ImageCodec {
  static let magic: [UInt8] = [0xff, 0xd8, 0xff]

  static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(FormatError) -> PixelImage {
    guard let handle = tjInitDecompress() else { throw FormatError(path, "cannot be read: out of memory") }
    defer { tjDestroy(handle) }
    func damage() -> FormatError {
      FormatError(path, "is a damaged JPEG file: \(String(cString: tjGetErrorStr2(handle)))")
    }
    let source = bytes.bindMemory(to: UInt8.self).baseAddress
    let count = UInt(bytes.count)
    var (width, height, sampling, space) = (Int32(0), Int32(0), Int32(0), Int32(0))
    guard tjDecompressHeader3(handle, source, count, &width, &height, &sampling, &space) == 0 else {
      throw damage()
    }
    try ImageCodecs.check(width: Int(width), height: Int(height), path: path)
    if space == TJCS_CMYK.rawValue || space == TJCS_YCCK.rawValue {
      throw FormatError(path, "is a JPEG file of CMYK colours; save it as RGB")
    }
    // What libjpeg only warns of, such as a file that is cut short, is refused as well, and at once: the pixels that are
    // not there would take their time.
    let flags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS | TJFLAG_STOPONWARNING
    let size = 3 * Int(width) * Int(height)
    var code: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { target, filled in
      code = tjDecompress2(
        handle, source, count, target.baseAddress, width, 0, height, Int32(TJPF_RGB.rawValue), flags)
      filled = size
    }
    guard code == 0 else { throw damage() }
    return PixelImage(width: Int(width), height: Int(height), channels: 3, bytes: pixels)
  }
}
