import Foundation

/// How many processor cores to compute with.
public enum Threads {
  /// What `OMP_NUM_THREADS` says, as for other programs that compute; otherwise all that this process may use.
  public static var standard: Int {
    let asked = ProcessInfo.processInfo.environment["OMP_NUM_THREADS"].flatMap { Int($0) } ?? 0
    return asked > 0 ? asked : max(ProcessInfo.processInfo.activeProcessorCount, 1)
  }
}
