/// What a subcommand takes.
struct Grammar: Sendable {
  struct Option: Sendable {
    /// With its dashes.
    var name: String
    /// What its value is called in the help; nil for a flag.
    var value: String?
    var help: String
    var isRequired = false
    var isRepeatable = false
  }

  /// What the one argument without dashes is called.
  var path: String
  var options: [Option]

  /// Reads words as the grammar says.
  ///
  /// - Throws: `UsageError` that names the word.
  func parse(_ words: [String]) throws(UsageError) -> Arguments {
    var arguments = Arguments()
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        for word in rest { try add(word, to: &arguments) }
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        try add(word, to: &arguments)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = options.first(where: { $0.name == parts[0] }) else {
        throw UsageError("unknown option '\(parts[0])'")
      }
      var value = parts.count > 1 ? parts[1] : nil
      if option.value == nil {
        if value != nil { throw UsageError("option '\(option.name)' takes no value") }
        value = ""
      } else if value == nil {
        // A value may begin with a dash, as a negative number does, but not with two.
        guard let next = rest.first, !next.hasPrefix("--") else {
          throw UsageError("option '\(option.name)' needs a value: \(option.name) \(option.value!)")
        }
        value = rest.removeFirst()
      }
      if arguments.values[option.name] != nil && !option.isRepeatable {
        throw UsageError("option '\(option.name)' is given twice")
      }
      arguments.values[option.name, default: []].append(value!)
    }
    guard !arguments.path.isEmpty else { throw UsageError("\(path) is missing") }
    for option in options where option.isRequired && arguments.values[option.name] == nil {
      throw UsageError("option '\(option.name) \(option.value ?? "")' is missing")
    }
    return arguments
  }

  private func add(_ word: String, to arguments: inout Arguments) throws(UsageError) {
    guard !word.isEmpty else { throw UsageError("\(path) is empty") }
    guard arguments.path.isEmpty else { throw UsageError("unexpected argument '\(word)'") }
    arguments.path = word
  }
}

extension Grammar.Option {
  static let data = Grammar.Option(
    name: "--data", value: "DATA", help: "a .npz, .csv, IDX images, class folders of pictures, or a bundle")
  static let cache = Grammar.Option(
    name: "--cache", value: "SIZE",
    help: "memory for values between layers; a quarter of all unless told")
  static let recipe = Grammar.Option(name: "--recipe", value: "FILE", help: "the recipe, as JSON")
  static let size = Grammar.Option(
    name: "--size", value: "NAME=N", help: "a number for a size that the model leaves open",
    isRepeatable: true)
  static let json = Grammar.Option(name: "--json", help: "print JSON")
  /// How data is read, and what the model is judged by.
  static let dataOptions = [
    Grammar.Option(
      name: "--task", value: "TASK", help: "classification, regression, next-token or fidelity"),
    Grammar.Option(name: "--label", value: "COLUMN", help: "of a .csv: a name, or a number from 0"),
    .size, Grammar.Option(name: "--scale", value: "X", help: "multiply stored numbers by X"),
    Grammar.Option(name: "--mean", value: "X,...", help: "subtract X then; a number, or one a channel"),
    Grammar.Option(name: "--std", value: "X,...", help: "divide by X then; a number, or one a channel"),
    Grammar.Option(name: "--resize", value: "N", help: "of pictures: the shorter side, in pixels"),
    Grammar.Option(name: "--crop", value: "N", help: "of pictures: a square from the middle"),
    Grammar.Option(name: "--channels", value: "ORDER", help: "of pictures: rgb, bgr or gray"),
    Grammar.Option(name: "--layout", value: "ORDER", help: "of pictures: nchw or nhwc"),
  ]
}
