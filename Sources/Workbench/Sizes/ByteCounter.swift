/// Counts the bytes that are left of those it is given, in order.
package protocol ByteCounter: AnyObject {
  /// Right after `finish`.
  var count: Int { get }
  func append(_ bytes: UnsafeRawBufferPointer) throws(CompressorFailure)
  func finish() throws(CompressorFailure)
}

/// A compression library that gave up.
package struct CompressorFailure: Error, Hashable, CustomStringConvertible {
  package let description: String

  init(_ library: String, code: Int, _ message: UnsafePointer<CChar>?) {
    let reason = message.map { String(cString: $0) } ?? "error \(code)"
    description = "\(library): \(reason)"
  }
}
