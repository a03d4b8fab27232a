import Workbench

extension Command {
  /// The command line in one or more lines.
  var usage: String {
    var words = ["pare"] + (name.isEmpty ? [] : [name]) + [grammar.path]
    for option in grammar.options {
      let text = [option.name, option.value].compactMap { $0 }.joined(separator: " ")
      words.append((option.isRequired ? text : "[\(text)]") + (option.isRepeatable ? "..." : ""))
    }
    // Broken between options, and hung below the first.
    var lines = [""]
    for word in words {
      let line = lines[lines.count - 1]
      if line.count + word.count > 88 {
        lines.append("         " + word)
      } else {
        lines[lines.count - 1] = line.isEmpty ? word : "\(line) \(word)"
      }
    }
    return lines.joined(separator: "\n")
  }

  var help: String {
    let rows = (grammar.options + [Grammar.Option(name: "-h, --help", help: "print this")]).map { option in
      [[option.name, option.value].compactMap { $0 }.joined(separator: " "), option.help]
    }
    let options = Table(rows: rows, indent: 2).description
    return (["Usage: \(usage)", summary + "."] + notes + ["Options:\n\(options)"]).joined(separator: "\n\n")
  }

  /// The help of the whole program.
  static var overview: String {
    let rows = all.map { [$0.name.isEmpty ? "PATH" : $0.name, $0.summary] }
    return """
      pare \(Version.current): compresses neural networks, and shows what that does to them.

      Usage: pare PATH [options]           the dashboard
             pare COMMAND PATH [options]

      PATH is a .onnx file, or a bundle: a directory with a pare.json.

      Commands:
      \(Table(rows: rows, indent: 2).description)

      `pare COMMAND --help` tells more about one, `pare --version` the version.
      """
  }
}
