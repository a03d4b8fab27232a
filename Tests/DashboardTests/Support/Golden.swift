import Foundation
import Terminal
import Testing

/// Screens as they are to be, a file each in `Golden/`. After a change that is meant, write them anew and look at
/// the difference:
///
///     PARE_UPDATE_GOLDEN=1 swift test --filter DashboardTests
enum Golden {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Golden")

  static func expect(
    _ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appending(path: name + ".txt")
    if ProcessInfo.processInfo.environment["PARE_UPDATE_GOLDEN"] == "1" {
      try Data((text + "\n").utf8).write(to: file)
      return
    }
    let wanted = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let wantedLines = wanted.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let other = index < wantedLines.count ? wantedLines[index] : ""
      if line != other {
        Issue.record(
          "\(name), line \(index + 1)\n is \(line)\nnot \(other)", sourceLocation: sourceLocation)
        return
      }
    }
    #expect(
      wantedLines.count == lines.count + 1, "\(name) has another length", sourceLocation: sourceLocation)
  }
}
