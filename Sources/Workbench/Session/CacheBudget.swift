import Foundation

/// How much memory a session may use for what it may need again.
public enum CacheBudget {
  /// A quarter of the machine's memory, in bytes.
  public static var standard: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory / 4) }
}
