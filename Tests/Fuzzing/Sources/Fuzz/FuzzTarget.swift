import Foundation

/// A reader that must end in a value or in an error, whatever bytes it is given. One file and one line in `all` for
/// each.
protocol FuzzTarget: SendableMetatype {
  /// What `FUZZ_TARGET` calls it.
  static var name: String { get }

  /// Reads the bytes and looks at what came of them. A trap is a finding; an error is none.
  static func run(_ input: [UInt8])

  /// Makes other bytes of some, of at most `limit`.
  static func mutated(_ input: [UInt8], limit: Int, seed: UInt32) -> [UInt8]
}

extension FuzzTarget {
  static func mutated(_ input: [UInt8], limit: Int, seed: UInt32) -> [UInt8] {
    LibFuzzer.mutated(input, limit: limit)
  }
}

enum FuzzTargets {
  static let all: [any FuzzTarget.Type] = [
    ONNXTarget.self, NumPyTarget.self, IDXTarget.self, ImageTarget.self, RecipeTarget.self,
  ]

  /// The one that the environment names in `FUZZ_TARGET`.
  static let chosen: any FuzzTarget.Type = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = all.first(where: { $0.name == name }) else {
      fatalError("FUZZ_TARGET must be one of \(all.map { $0.name }.joined(separator: ", ")), not '\(name)'")
    }
    return target
  }()
}
