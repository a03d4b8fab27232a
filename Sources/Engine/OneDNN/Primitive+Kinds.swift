import COneDNN

/// The operations in use, each made from oneDNN 2's operation descriptors. oneDNN 3 has none: this file is what
/// it would need another of.
extension Primitive {
  struct Window {
    var strides: [Int]
    /// 1 for a dense kernel, as ONNX counts; oneDNN counts from 0.
    var dilations: [Int]
    var before: [Int]
    var after: [Int]
  }

  /// Weights `[O, I, ...]`, or `[G, O/G, I/G, ...]` where there are groups.
  static func convolution(
    source: MemoryDescriptor, weights: MemoryDescriptor, bias: MemoryDescriptor?,
    destination: MemoryDescriptor, window: Window, activations: [Activation], node: String
  ) throws(EngineError) -> Primitive {
    var (source, weights, destination) = (source.raw, weights.raw, destination.raw)
    var bias = bias?.raw ?? dnnl_memory_desc_t()
    var operation = dnnl_convolution_desc_t()
    try Library.check(
      dnnl_dilated_convolution_forward_desc_init(
        &operation, dnnl_forward_inference, dnnl_convolution_direct, &source, &weights, &bias, &destination,
        window.strides.map { Int64($0) }, window.dilations.map { Int64($0 - 1) },
        window.before.map { Int64($0) }, window.after.map { Int64($0) }),
      "convolution", node: node)
    return try make(&operation, activations, "convolution", node)
  }

  /// Source `[N, K]` or `[N, C, ...]`, weights `[M, K]` or `[M, C, ...]`.
  static func innerProduct(
    source: MemoryDescriptor, weights: MemoryDescriptor, bias: MemoryDescriptor?,
    destination: MemoryDescriptor, activations: [Activation], node: String
  ) throws(EngineError) -> Primitive {
    var (source, weights, destination) = (source.raw, weights.raw, destination.raw)
    var bias = bias?.raw ?? dnnl_memory_desc_t()
    var operation = dnnl_inner_product_desc_t()
    try Library.check(
      dnnl_inner_product_forward_desc_init(
        &operation, dnnl_forward_inference, &source, &weights, &bias, &destination),
      "inner product", node: node)
    return try make(&operation, activations, "inner product", node)
  }

  /// All of one rank, batch axes first; an axis of size 1 is broadcast.
  static func matmul(
    source: MemoryDescriptor, weights: MemoryDescriptor, bias: MemoryDescriptor?,
    destination: MemoryDescriptor, activations: [Activation], node: String
  ) throws(EngineError) -> Primitive {
    var (source, weights, destination) = (source.raw, weights.raw, destination.raw)
    var bias = bias?.raw ?? dnnl_memory_desc_t()
    var operation = dnnl_matmul_desc_t()
    try Library.check(
      dnnl_matmul_desc_init(&operation, &source, &weights, &bias, &destination), "matmul", node: node)
    return try make(&operation, activations, "matmul", node)
  }

  /// A copy into another layout.
  static func reorder(
    from source: MemoryDescriptor, to destination: MemoryDescriptor, node: String
  ) throws(EngineError) -> Primitive {
    var (source, destination) = (source.raw, destination.raw)
    var description: dnnl_primitive_desc_t?
    let attributes = PrimitiveAttributes()
    let engine = Library.shared.engine
    try Library.check(
      dnnl_reorder_primitive_desc_create(&description, &source, engine, &destination, engine, attributes.raw),
      "reorder", node: node)
    guard let description else { throw .library(node: node, operation: "reorder", status: "") }
    return try Primitive(description, node: node)
  }

  private static func make<Descriptor>(
    _ operation: inout Descriptor, _ activations: [Activation], _ name: String, _ node: String
  ) throws(EngineError) -> Primitive {
    var description: dnnl_primitive_desc_t?
    let attributes = PrimitiveAttributes(activations: activations)
    let status = withUnsafePointer(to: &operation) {
      dnnl_primitive_desc_create(&description, $0, attributes.raw, Library.shared.engine, nil)
    }
    try Library.check(status, name, node: node)
    guard let description else { throw .library(node: node, operation: name, status: "") }
    return try Primitive(description, node: node)
  }
}
