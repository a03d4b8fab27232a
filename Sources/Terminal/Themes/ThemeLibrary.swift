import Foundation

/// The themes that can be had, by name, from the folders where themes are kept.
public struct ThemeLibrary: Sendable {
  /// Where a theme is looked for, in order: the first folder that has the name wins.
  public let folders: [URL]

  public init(folders: [URL]) {
    self.folders = folders
  }

  /// The user's own folder, then btop's, then `ours`, which comes with the program.
  public init(
    ours: URL?, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    var folders: [URL] = []
    let home = environment["HOME"].map { URL(filePath: $0, directoryHint: .isDirectory) }
    // The XDG base directory specification tells to ignore what is not absolute.
    let configuration =
      environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
      ?? home?.appending(path: ".config")
    if let configuration {
      folders.append(configuration.appending(path: "pare/themes"))
      folders.append(configuration.appending(path: "btop/themes"))
    }
    folders.append(URL(filePath: "/usr/share/btop/themes"))
    folders.append(URL(filePath: "/usr/local/share/btop/themes"))
    if let ours { folders.append(ours) }
    self.init(folders: folders)
  }

  /// The names of all themes, each once, in alphabetical order.
  public var names: [String] {
    var names: Set<String> = []
    for folder in folders {
      let files =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
      for file in files where file.hasSuffix(Self.suffix) {
        names.insert(String(file.dropLast(Self.suffix.count)))
      }
    }
    return names.sorted()
  }

  /// The file of the theme `name`, which may also be a path to a file.
  public func file(named name: String) throws(ThemeError) -> URL {
    let candidates =
      name.contains("/")
      ? [URL(filePath: name)] : folders.map { $0.appending(path: name + Self.suffix) }
    let found = candidates.first { FileManager.default.fileExists(atPath: $0.path(percentEncoded: false)) }
    guard let found else { throw .notFound(name: name, available: names) }
    return found
  }

  /// The theme `name`, and the lines of its file that had to be passed over.
  public func theme(named name: String) throws(ThemeError) -> (theme: Theme, problems: [ThemeFile.Problem]) {
    let url = try file(named: name)
    let path = url.path(percentEncoded: false)
    guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path) }
    let file = ThemeFile(String(decoding: data, as: UTF8.self), name: path)
    return (Theme(file, name: url.deletingPathExtension().lastPathComponent), file.problems)
  }

  private static let suffix = ".theme"
}

/// Why there is no such theme.
public enum ThemeError: Error, Hashable, Sendable, CustomStringConvertible {
  case notFound(name: String, available: [String])
  case unreadable(String)

  public var description: String {
    switch self {
    case .notFound(let name, let available):
      available.isEmpty
        ? "There is no theme “\(name)”, nor any other."
        : "There is no theme “\(name)”; there are \(available.joined(separator: ", "))."
    case .unreadable(let path): "The theme \(path) cannot be read."
    }
  }
}
