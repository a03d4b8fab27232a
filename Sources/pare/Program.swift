import Foundation
import Workbench

/// From the words of the command line to the exit code.
enum Program {
  private static let failed: Int32 = 1
  private static let misused: Int32 = 2

  static func run(_ words: [String]) -> Int32 {
    // Whoever reads our output may stop reading: then writing fails, which is no reason to be killed.
    signal(SIGPIPE, SIG_IGN)
    var command: Command?
    do {
      var words = words
      if let first = words.first {
        if first == "--version" {
          try Output.print("pare \(Version.current)")
          return 0
        }
        if ["-h", "--help", "help"].contains(first) {
          try Output.print((words.count > 1 ? Command.named(words[1]) : nil)?.help ?? Command.overview)
          return 0
        }
        command = Command.named(first)
        if command != nil { words.removeFirst() }
      } else {
        throw UsageError("PATH is missing")
      }
      let chosen = command ?? .dashboard
      command = chosen
      let options = words.prefix { $0 != "--" }
      if options.contains("-h") || options.contains("--help") {
        try Output.print(chosen.help)
        return 0
      }
      try chosen.run(try chosen.grammar.parse(words))
      return 0
    } catch let error as UsageError {
      let help = ["pare", command?.name ?? "", "--help"].filter { !$0.isEmpty }.joined(separator: " ")
      Complaint.say("\(error) (see \(help))")
      return misused
    } catch is Output.Closed {
      return 0
    } catch  where Cancellation.matches(error) {
      return Interrupt.exitCode
    } catch {
      Complaint.say("\(error)")
      return failed
    }
  }
}
