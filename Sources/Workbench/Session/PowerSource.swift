import Foundation

/// Whether the machine runs on its battery, as Linux tells in `/sys/class/power_supply`.
public struct PowerSource: Sendable {
  private let directory: String

  public init(directory: String = "/sys/class/power_supply") { self.directory = directory }

  /// False where there is no battery, or nothing is told.
  public var isBattery: Bool {
    let supplies = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    var isDischarging = false
    for supply in supplies {
      switch read(supply, "type") {
      case "Mains", "USB": if read(supply, "online") == "1" { return false }
      case "Battery": if read(supply, "status") == "Discharging" { isDischarging = true }
      default: break
      }
    }
    return isDischarging
  }

  private func read(_ supply: String, _ name: String) -> String? {
    (try? String(contentsOfFile: "\(directory)/\(supply)/\(name)", encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
