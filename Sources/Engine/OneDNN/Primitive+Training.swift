import COneDNN

/// The operations of training: forwards with what the way back needs, and backwards. Like `Primitive+Kinds`, made from
/// oneDNN 2's operation descriptors.
extension Primitive {
  /// A convolution's three directions, with the layouts of data and results as given and the weights' free.
  struct ConvolutionDirections {
    let forward: Primitive
    /// Gradients of the data and of weights and bias, where they are asked for.
    let data: Primitive?
    let weights: Primitive?
  }

  /// Weights `[O, I, ...]`, or `[G, O/G, I/G, ...]` where there are groups.
  static func trainingConvolution(
    source: MemoryDescriptor, weights: MemoryDescriptor, bias: MemoryDescriptor?,
    destination: MemoryDescriptor, window: Window, needsData: Bool, needsWeights: Bool, node: String
  ) throws(EngineError) -> ConvolutionDirections {
    var (source, weights, destination) = (source.raw, weights.raw, destination.raw)
    var bias = bias?.raw ?? dnnl_memory_desc_t()
    let strides = window.strides.map { Int64($0) }
    let dilations = window.dilations.map { Int64($0 - 1) }
    let (before, after) = (window.before.map { Int64($0) }, window.after.map { Int64($0) })
    var operation = dnnl_convolution_desc_t()
    try Library.check(
      dnnl_dilated_convolution_forward_desc_init(
        &operation, dnnl_forward_training, dnnl_convolution_direct, &source, &weights, &bias, &destination,
        strides, dilations, before, after), "convolution", node: node)
    let forward = try make(&operation, hint: nil, "convolution", node)
    var (data, gradient): (Primitive?, Primitive?)
    if needsData {
      try Library.check(
        dnnl_dilated_convolution_backward_data_desc_init(
          &operation, dnnl_convolution_direct, &source, &weights, &destination, strides, dilations, before,
          after), "convolution's backward pass", node: node)
      data = try make(&operation, hint: forward, "convolution's backward pass", node)
    }
    if needsWeights {
      try Library.check(
        dnnl_dilated_convolution_backward_weights_desc_init(
          &operation, dnnl_convolution_direct, &source, &weights, &bias, &destination, strides, dilations,
          before, after), "convolution's gradient", node: node)
      gradient = try make(&operation, hint: forward, "convolution's gradient", node)
    }
    return ConvolutionDirections(forward: forward, data: data, weights: gradient)
  }

  /// `scale · (x - mean) / sqrt(variance + epsilon) + shift` of each row of `[rows, count]`, and the way back.
  static func trainingLayerNormalization(
    _ data: MemoryDescriptor, epsilon: Float, hasShift: Bool, node: String
  ) throws(EngineError) -> (forward: Primitive, backward: Primitive) {
    var data = data.raw
    var operation = dnnl_layer_normalization_desc_t()
    let flags = UInt32(dnnl_use_scale.rawValue) | (hasShift ? UInt32(dnnl_use_shift.rawValue) : 0)
    try Library.check(
      dnnl_layer_normalization_forward_desc_init(
        &operation, dnnl_forward_training, &data, nil, epsilon, flags), "layer normalization", node: node)
    let forward = try make(&operation, hint: nil, "layer normalization", node)
    try Library.check(
      dnnl_layer_normalization_backward_desc_init(
        &operation, dnnl_backward, &data, &data, nil, epsilon, flags), "layer normalization's backward pass",
      node: node)
    return (forward, try make(&operation, hint: forward, "layer normalization's backward pass", node))
  }

  /// The same of each channel by the batch's own statistics, which it gives; nil where oneDNN has no fast one.
  static func trainingBatchNormalization(
    _ data: MemoryDescriptor, epsilon: Float, node: String
  ) throws(EngineError) -> (forward: Primitive, backward: Primitive)? {
    var data = data.raw
    var operation = dnnl_batch_normalization_desc_t()
    let flags = UInt32(dnnl_use_scale.rawValue) | UInt32(dnnl_use_shift.rawValue)
    try Library.check(
      dnnl_batch_normalization_forward_desc_init(&operation, dnnl_forward_training, &data, epsilon, flags),
      "batch normalization", node: node)
    let forward = try make(&operation, hint: nil, "batch normalization", node)
    try Library.check(
      dnnl_batch_normalization_backward_desc_init(&operation, dnnl_backward, &data, &data, epsilon, flags),
      "batch normalization's backward pass", node: node)
    let backward = try make(&operation, hint: forward, "batch normalization's backward pass", node)
    // With narrow vectors it is no faster than plain loops.
    return [forward, backward].allSatisfy { $0.implementation.contains("avx") } ? (forward, backward) : nil
  }

  /// Along axis `axis`; of logarithms where told so.
  static func trainingSoftmax(
    _ data: MemoryDescriptor, axis: Int, isLog: Bool, node: String
  ) throws(EngineError) -> (forward: Primitive, backward: Primitive) {
    var (source, destination) = (data.raw, data.raw)
    var gradient = data.raw
    let kind = isLog ? dnnl_softmax_log : dnnl_softmax_accurate
    var operation = dnnl_softmax_v2_desc_t()
    try Library.check(
      dnnl_softmax_v2_forward_desc_init(
        &operation, dnnl_forward_training, kind, &source, &destination, Int32(axis)), "softmax", node: node)
    let forward = try make(&operation, hint: nil, "softmax", node)
    try Library.check(
      dnnl_softmax_v2_backward_desc_init(&operation, kind, &gradient, &source, &destination, Int32(axis)),
      "softmax's backward pass", node: node)
    return (forward, try make(&operation, hint: forward, "softmax's backward pass", node))
  }

  /// An elementwise function, and the way back, which reads what went in.
  static func trainingElementwise(
    _ activation: Activation, _ data: MemoryDescriptor, node: String
  ) throws(EngineError) -> (forward: Primitive, backward: Primitive) {
    var (data, gradient) = (data.raw, data.raw)
    var operation = dnnl_eltwise_desc_t()
    let (kind, alpha, beta) = activation.algorithm
    try Library.check(
      dnnl_eltwise_forward_desc_init(&operation, dnnl_forward_training, kind, &data, alpha, beta),
      "elementwise function", node: node)
    let forward = try make(&operation, hint: nil, "elementwise function", node)
    try Library.check(
      dnnl_eltwise_backward_desc_init(&operation, kind, &gradient, &data, alpha, beta),
      "elementwise function's backward pass", node: node)
    return (forward, try make(&operation, hint: forward, "elementwise function's backward pass", node))
  }

  private static func make<Descriptor>(
    _ operation: inout Descriptor, hint: Primitive?, _ name: String, _ node: String
  ) throws(EngineError) -> Primitive {
    var description: dnnl_primitive_desc_t?
    let attributes = PrimitiveAttributes()
    let status = withUnsafePointer(to: &operation) {
      dnnl_primitive_desc_create(
        &description, $0, attributes.raw, Library.shared.engine, hint?.description)
    }
    try Library.check(status, name, node: node)
    guard let description else { throw .library(node: node, operation: name, status: "") }
    return try Primitive(description, node: node)
  }

  /// Whether oneDNN has no more than a plain loop for it.
  var isReference: Bool { implementation.contains("ref") }
}

extension Primitive {
  /// How it wants its weights, and how it gives their gradient.
  var weights: MemoryDescriptor { descriptor(dnnl_query_weights_md) }
  var weightsGradient: MemoryDescriptor { descriptor(dnnl_query_diff_weights_md) }
}
