import COneDNN

/// One prepared oneDNN operation.
///
/// Unchecked, because it holds a C handle: a primitive with scratch memory from the caller is immutable and may
/// run on several threads at once.
final class Primitive: @unchecked Sendable {
  let node: String
  let description: dnnl_primitive_desc_t
  private let raw: dnnl_primitive_t

  /// Takes over `description`.
  ///
  /// - Throws: where oneDNN cannot make it.
  init(_ description: dnnl_primitive_desc_t, node: String) throws(EngineError) {
    self.node = node
    self.description = description
    var raw: dnnl_primitive_t?
    let status = dnnl_primitive_create(&raw, description)
    guard status == dnnl_success, let raw else {
      dnnl_primitive_desc_destroy(description)
      throw .library(
        node: node, operation: "dnnl_primitive_create", status: String(cString: dnnl_status2str(status)))
    }
    self.raw = raw
  }

  deinit {
    dnnl_primitive_destroy(raw)
    dnnl_primitive_desc_destroy(description)
  }

  /// Name of the implementation that oneDNN chose.
  var implementation: String {
    var text: UnsafePointer<CChar>?
    dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, &text)
    return text.map { String(cString: $0) } ?? ""
  }

  /// Whether oneDNN has more for it than a plain loop or a detour over a copy of the input.
  var isFast: Bool { !implementation.contains("ref") && !implementation.contains("gemm:") }

  func descriptor(_ query: dnnl_query_t, _ index: Int32 = 0) -> MemoryDescriptor {
    MemoryDescriptor(raw: dnnl_primitive_desc_query_md(description, query, index).pointee)
  }

  /// How it wants to read its input, and how it writes its result.
  var source: MemoryDescriptor { descriptor(dnnl_query_src_md) }
  var destination: MemoryDescriptor { descriptor(dnnl_query_dst_md) }

  /// Bytes that it needs while it runs.
  var scratchByteCount: Int { descriptor(dnnl_query_scratchpad_md).byteCount }

  /// Prepares it for one place in memory. What is returned runs on one thread at a time.
  func bound(_ arguments: [(index: Int32, memory: BoundMemory)], scratch: UnsafeMutableRawPointer?) throws
    -> BoundPrimitive
  {
    var arguments = arguments
    if scratchByteCount > 0, let scratch {
      arguments.append(
        (
          DNNL_ARG_SCRATCHPAD,
          try BoundMemory(descriptor(dnnl_query_scratchpad_md), at: .fixed(scratch), node: node)
        ))
    }
    return try BoundPrimitive(self, arguments)
  }

  fileprivate func execute(_ stream: dnnl_stream_t, _ arguments: [dnnl_exec_arg_t]) throws(EngineError) {
    try Library.check(
      dnnl_primitive_execute(raw, stream, Int32(arguments.count), arguments), "dnnl_primitive_execute",
      node: node)
  }
}

/// A primitive with the memory that it reads and writes.
final class BoundPrimitive {
  private let primitive: Primitive
  private let memories: [BoundMemory]
  private let arguments: [dnnl_exec_arg_t]
  private let stream: dnnl_stream_t

  init(_ primitive: Primitive, _ arguments: [(index: Int32, memory: BoundMemory)]) throws(EngineError) {
    self.primitive = primitive
    memories = arguments.map(\.memory)
    self.arguments = arguments.map { dnnl_exec_arg_t(arg: $0.index, memory: $0.memory.raw) }
    var stream: dnnl_stream_t?
    try Library.check(
      dnnl_stream_create(&stream, Library.shared.engine, UInt32(dnnl_stream_default_flags.rawValue)),
      "dnnl_stream_create", node: primitive.node)
    guard let stream else {
      throw .library(node: primitive.node, operation: "dnnl_stream_create", status: "")
    }
    self.stream = stream
  }

  deinit { dnnl_stream_destroy(stream) }

  func run(_ inputs: RunInputs) throws(EngineError) {
    for memory in memories { memory.follow(inputs) }
    try primitive.execute(stream, arguments)
  }
}

/// Where a value lies when a plan runs.
enum Address {
  /// At the same place in every run.
  case fixed(UnsafeMutableRawPointer)
  /// At the caller's input `index`, another place in each run.
  case input(Int)
}

/// The caller's inputs of one run, in the order of the plan's.
typealias RunInputs = [UnsafeRawPointer]

/// A oneDNN memory object over memory of ours.
final class BoundMemory {
  let raw: dnnl_memory_t
  private let address: Address

  init(_ descriptor: MemoryDescriptor, at address: Address, node: String) throws(EngineError) {
    self.address = address
    var descriptor = descriptor.raw
    var raw: dnnl_memory_t?
    let place: UnsafeMutableRawPointer? = if case .fixed(let pointer) = address { pointer } else { nil }
    try Library.check(
      dnnl_memory_create(&raw, &descriptor, Library.shared.engine, place), "dnnl_memory_create", node: node)
    guard let raw else { throw .library(node: node, operation: "dnnl_memory_create", status: "") }
    self.raw = raw
  }

  deinit { dnnl_memory_destroy(raw) }

  func follow(_ inputs: RunInputs) {
    guard case .input(let index) = address else { return }
    dnnl_memory_set_data_handle(raw, UnsafeMutableRawPointer(mutating: inputs[index]))
  }
}
