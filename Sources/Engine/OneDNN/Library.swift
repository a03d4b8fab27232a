import COneDNN

/// oneDNN's CPU engine, one for the process.
///
/// Unchecked, because it holds a C handle: oneDNN's engines may be used from any thread.
final class Library: @unchecked Sendable {
  static let shared = Library()

  let engine: dnnl_engine_t

  private init() {
    var engine: dnnl_engine_t?
    let status = dnnl_engine_create(&engine, dnnl_cpu, 0)
    // Fails only when memory is exhausted at the very first call.
    guard status == dnnl_success, let engine else { preconditionFailure("oneDNN has no CPU engine") }
    self.engine = engine
    dnnl_set_primitive_cache_capacity(Self.primitivesKept)
  }

  /// Primitives that oneDNN keeps for whoever asks for the same again: enough for a network's at two sizes of batches.
  /// Each holds code of its own, and channels that are taken out ask for others at each move.
  private static let primitivesKept: Int32 = 256

  /// Throws what a failed call means.
  static func check(
    _ status: dnnl_status_t, _ operation: String, node: String
  ) throws(EngineError) {
    guard status == dnnl_success else {
      throw .library(node: node, operation: operation, status: String(cString: dnnl_status2str(status)))
    }
  }

  /// Sets how many threads oneDNN uses when it is called from this thread.
  ///
  /// With one, everything runs on the caller and no pool of threads is made.
  static func useThreads(_ count: Int) { omp_set_num_threads(Int32(count)) }

  /// How many threads oneDNN uses when it is called from this thread.
  static var threads: Int { Int(omp_get_max_threads()) }
}
