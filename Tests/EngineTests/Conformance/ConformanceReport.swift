import Foundation
import Testing

/// ONNX's own test cases, as Debian packages them, run on one evaluator.
struct ConformanceReport: CustomStringConvertible {
  private(set) var passed: [String] = []
  private(set) var failed: [String: String] = [:]
  /// Cases by the reason why they are no concern of Pare's yet.
  private(set) var outOfScope: [String: [String]] = [:]

  static let debian = URL(fileURLWithPath: "/usr/share/libonnx-testdata/data")

  /// - Parameters:
  ///   - group: a directory of cases: `node` for those of single operators.
  ///   - root: where the groups lie.
  init(group: String, in root: URL = debian, evaluate: ConformanceCase.Evaluate) throws {
    let directory = root.appendingPathComponent(group)
    try #require(
      FileManager.default.fileExists(atPath: directory.path),
      "ONNX's test cases are missing: install Debian's libonnx-testdata, as `make test` does")
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    for name in names {
      switch ConformanceCase(name: name, directory: directory.appendingPathComponent(name)).verdict(evaluate)
      {
      case .passed: passed.append(name)
      case .failed(let reason): failed[name] = reason
      case .outOfScope(let reason): outOfScope[reason, default: []].append(name)
      }
    }
  }

  var description: String {
    let scopeless = outOfScope.values.reduce(0) { $0 + $1.count }
    var lines = ["\(passed.count) passed, \(failed.count) failed, \(scopeless) out of scope"]
    lines += failed.sorted { $0.key < $1.key }.map { "  failed: \($0.key): \($0.value)" }
    let (operators, others) = outOfScope.sorted { $0.key < $1.key }.reduce(into: ([String](), [String]())) {
      if $1.key.hasPrefix("operator ") {
        $0.0.append("\($1.key.dropFirst("operator ".count)) \($1.value.count)")
      } else {
        $0.1.append("  out of scope, \($1.key): \($1.value.count)")
      }
    }
    return (lines + others + ["  out of scope, operators: " + operators.joined(separator: ", ")])
      .joined(separator: "\n")
  }
}
