/// Why there is no history.
public enum HistoryError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file's layout is one of a newer version of Pare.
  case newer(path: String, version: Int)
  case directory(path: String, reason: String)

  public var description: String {
    switch self {
    case .newer(let path, let version):
      "\(path): was written by a newer Pare (layout \(version)); it is left alone"
    case .directory(let path, let reason): "\(path): cannot be made: \(reason)"
    }
  }
}
