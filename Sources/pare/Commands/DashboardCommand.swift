import Compression
import Dashboard
import Formats
import Foundation
import Tensor
import Terminal
import Workbench

extension Command {
  /// `pare PATH`: the dashboard.
  static let dashboard = Command(
    name: "", summary: "The dashboard",
    grammar: Grammar(
      path: "PATH",
      options: [
        .data,
        Grammar.Option(
          name: "--train", value: "DATA", help: "data to train by; the bundle's own unless told"),
        .recipe,
        Grammar.Option(name: "--theme", value: "NAME", help: "a theme by its name, or a file"),
        Grammar.Option(
          name: "--dump-frame", value: "COLSxROWS", help: "print the screen as text, and take no terminal"),
        Grammar.Option(
          name: "--script", value: "KEYS",
          help: "keys to press before that: 'down l l wait', or a file of them"),
        Grammar.Option(name: "--record", value: "FILE", help: "write the moves down, for 'replay'"),
        Grammar.Option(name: "--no-lookahead", help: "measure only what is asked for"),
        .cache,
      ] + Grammar.Option.dataOptions)
  ) { arguments in
    var options = Dashboard.Options(path: arguments.path)
    options.data = arguments.value("--data")
    options.training = arguments.value("--train")
    options.dataOptions = try arguments.dataOptions()
    options.theme = arguments.value("--theme")
    options.cacheBudget = try arguments.cacheBudget()
    options.recordPath = arguments.value("--record")
    let size = try arguments.value("--dump-frame").map { try frameSize($0) }
    if arguments.has("--script"), size == nil { throw UsageError("option '--script' needs '--dump-frame'") }
    // A picture is to be the same every time, and leaves nothing behind.
    options.historyPath = size == nil ? HistoryStore.defaultPath() : nil
    options.looksAhead = size == nil && !arguments.has("--no-lookahead")
    let recipePath = arguments.value("--recipe")
    options.recipe = try recipePath.map {
      // On the screen a recipe has no folder any more.
      try RecipeFile.read($0).locatingFiles(in: RecipeFile.directory(of: $0))
    }
    let dashboard = try Dashboard(options)
    if let recipe = options.recipe, let recipePath {
      do {
        try dashboard.check(recipe)
      } catch {
        throw FormatError(recipePath, "\(error)")
      }
    }
    if let size {
      let isASCII = ProcessInfo.processInfo.environment["PARE_GLYPHS"] == "ascii"
      let frame = try dashboard.frame(
        after: try script(arguments.value("--script") ?? ""), size: size, glyphs: isASCII ? .ascii : .unicode)
      try Output.print((isASCII ? frame.inASCII() : frame).dump())
    } else {
      try dashboard.run()
    }
  }

  private static func frameSize(_ text: String) throws -> Size {
    let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let columns = numbers[0], let rows = numbers[1], (1...1000).contains(columns),
      (1...1000).contains(rows)
    else {
      throw UsageError("option '--dump-frame' must be like 118x30, not '\(text)'")
    }
    return Size(columns: columns, rows: rows)
  }

  /// What the words are, or what is in the file that they name.
  private static func script(_ words: String) throws -> String {
    guard FileManager.default.fileExists(atPath: words) else { return words }
    do {
      let file = try MappedFile(path: words)
      return withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
    } catch {
      throw FormatError(words, "cannot be read: \(error.reason)")
    }
  }
}
