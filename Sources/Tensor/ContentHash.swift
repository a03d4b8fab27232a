import CXXHash

/// A 128-bit fingerprint of bytes (XXH3), by which results are remembered.
public struct ContentHash: Hashable, Sendable, CustomStringConvertible {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public init(_ bytes: UnsafeRawBufferPointer) {
    let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
    self.init(high: hash.high64, low: hash.low64)
  }

  public init(_ text: String) {
    var text = text
    self = text.withUTF8 { ContentHash(UnsafeRawBufferPointer($0)) }
  }

  /// The fingerprint of several in order.
  public init(_ parts: [ContentHash]) {
    self = parts.flatMap { [$0.high, $0.low] }.withUnsafeBytes { ContentHash($0) }
  }

  /// From its 32 hexadecimal digits; nil for any other text.
  public init?(hexadecimal digits: some StringProtocol) {
    guard digits.utf8.count == 32, digits.allSatisfy(\.isHexDigit),
      let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  /// 32 hexadecimal digits.
  public var description: String {
    let digits = [high, low].map { value in
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    return digits.joined()
  }
}

extension Tensor {
  /// Fingerprint of type, shape and bytes.
  public var contentHash: ContentHash {
    ContentHash([ContentHash("\(dtype.rawValue) \(shape.dims)"), bytesHash])
  }
}
