import Foundation

/// How much memory a session may use for what it may need again.
public enum CacheBudget {
  /// A quarter of the machine's memory, in bytes.
  public static var standard: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory / 4) }

  /// A size as people write it, in bytes: a number, in K, M or G where that stands behind it, each 1024 of the one
  /// before. nil for anything else.
  public static func bytes(_ text: String) -> Int? {
    var digits = text.uppercased()[...]
    if digits.hasSuffix("B") { digits.removeLast() }
    let shift = ["K": 10, "M": 20, "G": 30][digits.suffix(1)] ?? 0
    if shift > 0 { digits.removeLast() }
    guard let number = Double(digits), number >= 0, number.isFinite, number * Double(1 << shift) < 0x1p62
    else {
      return nil
    }
    return Int(number * Double(1 << shift))
  }
}
