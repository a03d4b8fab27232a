import COneDNN

extension Primitive {
  /// Weights `[O, I, ...]`, or `[G, O/G, I/G, ...]` where there are groups.
  static func deconvolution(
    source: MemoryDescriptor, weights: MemoryDescriptor, bias: MemoryDescriptor?,
    destination: MemoryDescriptor, window: Window, node: String
  ) throws(EngineError) -> Primitive {
    var (source, weights, destination) = (source.raw, weights.raw, destination.raw)
    var bias = bias?.raw ?? dnnl_memory_desc_t()
    var operation = dnnl_deconvolution_desc_t()
    try Library.check(
      dnnl_dilated_deconvolution_forward_desc_init(
        &operation, dnnl_forward_inference, dnnl_deconvolution_direct, &source, &weights, &bias, &destination,
        window.strides.map { Int64($0) }, window.dilations.map { Int64($0 - 1) },
        window.before.map { Int64($0) }, window.after.map { Int64($0) }),
      "deconvolution", node: node)
    var description: dnnl_primitive_desc_t?
    let attributes = PrimitiveAttributes()
    let status = withUnsafePointer(to: &operation) {
      dnnl_primitive_desc_create(&description, $0, attributes.raw, Library.shared.engine, nil)
    }
    try Library.check(status, "deconvolution", node: node)
    guard let description else { throw .library(node: node, operation: "deconvolution", status: "") }
    return try Primitive(description, node: node)
  }
}
