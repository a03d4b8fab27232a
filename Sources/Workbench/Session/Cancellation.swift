import Compression
import Engine

/// The errors by which work says that it was told to stop.
public enum Cancellation {
  public static func matches(_ error: any Error) -> Bool {
    if case EngineError.cancelled = error { return true }
    return error as? CompressionError == .cancelled
  }
}
