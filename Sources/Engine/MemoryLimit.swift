import Foundation

/// How much memory a model may ask for, so that one that asks for more is refused before anything is allocated.
enum MemoryLimit {
  /// Bytes of all values of a run together: what the machine has.
  static let run = Int(clamping: ProcessInfo.processInfo.physicalMemory)
  /// Bytes of one value that is computed by its definition, beside the memory of the run.
  static let value = run / 2

  /// Bytes in a unit that a person reads: "17.6 TB".
  static func text(_ bytes: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (amount, unit) = (Double(bytes), 0)
    while amount >= 1000 && unit < units.count - 1 { (amount, unit) = (amount / 1000, unit + 1) }
    return String(format: unit == 0 ? "%.0f %@" : "%.1f %@", amount, units[unit])
  }
}
