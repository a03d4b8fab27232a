import Foundation
import Terminal

/// Which theme to start with, and where themes are.
enum ThemeChoice {
  /// The folder of themes that belongs to the running program: beside its sources, or where it was installed.
  static var folder: URL? {
    var directory = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    while directory.path.count > 1 {
      for name in ["share/pare/Themes", "Themes"] {
        let folder = directory.appending(path: name)
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: folder.path, isDirectory: &isDirectory),
          isDirectory.boolValue
        {
          return folder
        }
      }
      directory.deleteLastPathComponent()
    }
    return nil
  }

  /// The theme that was asked for, the one that was kept, or ours.
  ///
  /// - Throws: `ThemeError` where there is no theme of the name that was asked for.
  static func theme(named name: String?, in library: ThemeLibrary) throws(ThemeError) -> Theme {
    if let name { return try library.theme(named: name).theme }
    for name in [kept, "pare"].compactMap({ $0 }) {
      if let theme = try? library.theme(named: name).theme { return theme }
    }
    return .standard
  }

  private static var file: URL? {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"].map {
      URL(filePath: $0, directoryHint: .isDirectory).appending(path: ".config")
    }
    let folder =
      environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil } ?? home
    return folder?.appending(path: "pare/theme")
  }

  private static var kept: String? {
    guard let file, let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    let name = text.prefix { !$0.isNewline }
    return name.isEmpty ? nil : String(name)
  }

  /// Where it cannot be written, the next time begins with the usual theme; nothing else is lost.
  static func keep(_ name: String) {
    guard let file else { return }
    try? FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? Data((name + "\n").utf8).write(to: file, options: .atomic)
  }
}
