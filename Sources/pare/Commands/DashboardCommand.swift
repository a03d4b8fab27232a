import Workbench

extension Command {
  /// `pare PATH`: the dashboard.
  static let dashboard = Command(
    name: "", summary: "The dashboard",
    grammar: Grammar(
      path: "PATH",
      options: [
        .data, .recipe,
        Grammar.Option(name: "--theme", value: "NAME", help: "a theme by its name, or a file"),
      ] + Grammar.Option.preprocessing)
  ) { arguments in
    _ = try Project(
      arguments.path, data: arguments.value("--data"), preprocessing: try arguments.preprocessing())
    throw Output.Failure(
      description: "the dashboard is not built yet; `pare inspect` and `pare evaluate` work without it")
  }
}
