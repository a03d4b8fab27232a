import CSPNG

/// PNG of every colour type and depth, interlaced or not, read with libspng; of 16 bits the upper 8 count.
enum PNGCodec: ImageCodec {
  static let magic: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// The largest chunk that is not pixels, such as a colour profile, and all of them together, in bytes.
  private static let chunkLimit = 1 << 24

  static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(FormatError) -> PixelImage {
    guard let context = spng_ctx_new(0) else { throw FormatError(path, "cannot be read: out of memory") }
    defer { spng_ctx_free(context) }
    func check(_ code: Int32) throws(FormatError) {
      if code == 0 { return }
      throw FormatError(path, "is a damaged PNG file: \(String(cString: spng_strerror(code)))")
    }
    try check(spng_set_chunk_limits(context, chunkLimit, chunkLimit))
    try check(spng_set_png_buffer(context, bytes.baseAddress, bytes.count))
    var header = spng_ihdr()
    try check(spng_get_ihdr(context, &header))
    let (width, height) = (Int(header.width), Int(header.height))
    try ImageCodecs.check(width: width, height: height, path: path)
    let format = Int32(bitPattern: SPNG_FMT_RGB8.rawValue)
    var size = 0
    try check(spng_decoded_image_size(context, format, &size))
    guard size == 3 * width * height else { throw FormatError(path, "is a PNG file of a kind not known") }
    // The header is the file's word only: what it claims must be possible before time and memory are taken for it.
    var packed = 0
    try check(spng_decoded_image_size(context, Int32(bitPattern: SPNG_FMT_RAW.rawValue), &packed))
    guard packed / GzipStream.maximumRatio <= bytes.count else {
      throw FormatError(path, "is a damaged PNG file: \(width) x \(height) pixels are more than it can hold")
    }
    var code: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { target, count in
      code = spng_decode_image(context, target.baseAddress, size, format, 0)
      count = size
    }
    try check(code)
    return PixelImage(width: width, height: height, channels: 3, bytes: pixels)
  }
}
