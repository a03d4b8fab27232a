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
    destination: MemoryDescriptor, window: Window, operations: [PostOp] = [], node: String
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
    return try make(&operation, operations, destination, "convolution", node)
  }

  /// Source `[N, K]` or `[N, C, ...]`, weights `[M, K]` or `[M, C, ...]`.
  static func innerProduct(
    source: MemoryDescriptor, weights: MemoryDescriptor, bias: MemoryDescriptor?,
    destination: MemoryDescriptor, operations: [PostOp] = [], node: String
  ) throws(EngineError) -> Primitive {
    var (source, weights, destination) = (source.raw, weights.raw, destination.raw)
    var bias = bias?.raw ?? dnnl_memory_desc_t()
    var operation = dnnl_inner_product_desc_t()
    try Library.check(
      dnnl_inner_product_forward_desc_init(
        &operation, dnnl_forward_inference, &source, &weights, &bias, &destination),
      "inner product", node: node)
    return try make(&operation, operations, destination, "inner product", node)
  }

  /// All of one rank, batch axes first; an axis of size 1 is broadcast.
  static func matmul(
    source: MemoryDescriptor, weights: MemoryDescriptor, bias: MemoryDescriptor?,
    destination: MemoryDescriptor, operations: [PostOp] = [], node: String
  ) throws(EngineError) -> Primitive {
    var (source, weights, destination) = (source.raw, weights.raw, destination.raw)
    var bias = bias?.raw ?? dnnl_memory_desc_t()
    var operation = dnnl_matmul_desc_t()
    try Library.check(
      dnnl_matmul_desc_init(&operation, &source, &weights, &bias, &destination), "matmul", node: node)
    return try make(&operation, operations, destination, "matmul", node)
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

  /// `scale · (x - mean) / sqrt(variance + epsilon) + shift` of each row of `[rows, count]`.
  static func layerNormalization(
    _ data: MemoryDescriptor, epsilon: Float, hasShift: Bool, node: String
  ) throws(EngineError) -> Primitive {
    var data = data.raw
    var operation = dnnl_layer_normalization_desc_t()
    let flags = UInt32(dnnl_use_scale.rawValue) | (hasShift ? UInt32(dnnl_use_shift.rawValue) : 0)
    try Library.check(
      dnnl_layer_normalization_forward_desc_init(
        &operation, dnnl_forward_inference, &data, nil, epsilon, flags), "layer normalization", node: node)
    return try make(&operation, [], nil, "layer normalization", node)
  }

  /// Along axis `axis`; of logarithms where told so.
  static func softmax(
    _ data: MemoryDescriptor, axis: Int, isLog: Bool, node: String
  ) throws(EngineError) -> Primitive {
    var (source, destination) = (data.raw, data.raw)
    var operation = dnnl_softmax_v2_desc_t()
    try Library.check(
      dnnl_softmax_v2_forward_desc_init(
        &operation, dnnl_forward_inference, isLog ? dnnl_softmax_log : dnnl_softmax_accurate, &source,
        &destination, Int32(axis)), "softmax", node: node)
    return try make(&operation, [], nil, "softmax", node)
  }

  /// An elementwise function.
  static func elementwise(
    _ activation: Activation, _ data: MemoryDescriptor, node: String
  ) throws(EngineError) -> Primitive {
    var data = data.raw
    var operation = dnnl_eltwise_desc_t()
    let (kind, alpha, beta) = activation.algorithm
    try Library.check(
      dnnl_eltwise_forward_desc_init(&operation, dnnl_forward_inference, kind, &data, alpha, beta),
      "elementwise function", node: node)
    return try make(&operation, [], nil, "elementwise function", node)
  }

  private static func make<Descriptor>(
    _ operation: inout Descriptor, _ operations: [PostOp], _ destination: dnnl_memory_desc_t?, _ name: String,
    _ node: String
  ) throws(EngineError) -> Primitive {
    var description: dnnl_primitive_desc_t?
    let attributes = PrimitiveAttributes(
      operations, destination: destination.map { MemoryDescriptor(raw: $0) })
    let status = withUnsafePointer(to: &operation) {
      dnnl_primitive_desc_create(&description, $0, attributes.raw, Library.shared.engine, nil)
    }
    try Library.check(status, name, node: node)
    guard let description else { throw .library(node: node, operation: name, status: "") }
    return try Primitive(description, node: node)
  }
}
