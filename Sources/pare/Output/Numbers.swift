import Foundation

/// Numbers for people.
enum Numbers {
  /// With commas between thousands: `1,724,320`.
  static func grouped(_ value: Int) -> String {
    var digits = Array(String(value.magnitude))
    for index in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: index) }
    return (value < 0 ? "-" : "") + String(digits)
  }

  static func grouped(_ value: Int?) -> String { value.map { grouped($0) } ?? "?" }

  /// `92.03 %`.
  static func percent(_ fraction: Double) -> String { fixed(100 * fraction, 2) + " %" }

  /// Five digits that count: `0.0012346`.
  static func significant(_ value: Double) -> String { String(format: "%.5g", value) }

  static func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
