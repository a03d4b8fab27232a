import COneDNN

/// An elementwise function that oneDNN applies to a result while it is still in registers.
struct Activation: Hashable, Sendable {
  enum Function: Hashable, Sendable {
    /// `max(x, 0)`, or `slope * x` below zero.
    case relu(slope: Float)
    case clip(Float, Float)
    case sigmoid
    case tanh
    /// `x · Φ(x)`, by the error function or by its approximation with tanh.
    case gelu(byTanh: Bool)
    /// `x · sigmoid(alpha · x)`.
    case swish(alpha: Float)
    case hardSwish
    case elu(alpha: Float)
    case mish
    case sqrt
    case abs
  }

  var function: Function

  var algorithm: (kind: dnnl_alg_kind_t, alpha: Float, beta: Float) {
    switch function {
    case .relu(let slope): (dnnl_eltwise_relu, slope, 0)
    case .clip(let low, let high): (dnnl_eltwise_clip, low, high)
    case .sigmoid: (dnnl_eltwise_logistic, 0, 0)
    case .tanh: (dnnl_eltwise_tanh, 0, 0)
    case .gelu(let byTanh): (byTanh ? dnnl_eltwise_gelu_tanh : dnnl_eltwise_gelu_erf, 0, 0)
    case .swish(let alpha): (dnnl_eltwise_swish, alpha, 0)
    case .hardSwish: (dnnl_eltwise_hardswish, 0, 0)
    case .elu(let alpha): (dnnl_eltwise_elu, alpha, 0)
    case .mish: (dnnl_eltwise_mish, 0, 0)
    case .sqrt: (dnnl_eltwise_sqrt, 0, 0)
    case .abs: (dnnl_eltwise_abs, 0, 0)
    }
  }

  /// Whether zero stays zero, so that the padding of a blocked layout stays what it must be.
  var keepsZero: Bool {
    switch function {
    case .relu, .tanh, .gelu, .swish, .hardSwish, .elu, .mish, .sqrt, .abs: true
    case .clip(let low, let high): low <= 0 && high >= 0
    case .sigmoid: false
    }
  }
}

/// What a primitive does with its result while it is still in registers.
enum PostOp: Sendable {
  case activation(Activation)
  /// Adds a value of the result's sizes and layout.
  case add(Value)
}

/// oneDNN's attributes of a primitive: what it does with its result, and scratch memory that the caller gives,
/// so that one primitive can run on several threads.
final class PrimitiveAttributes {
  let raw: dnnl_primitive_attr_t?

  /// - Parameter destination: the result's layout, which values that are added have too.
  init(_ operations: [PostOp] = [], destination: MemoryDescriptor? = nil) {
    var attributes: dnnl_primitive_attr_t?
    dnnl_primitive_attr_create(&attributes)
    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user)
    if !operations.isEmpty {
      var raw: dnnl_post_ops_t?
      dnnl_post_ops_create(&raw)
      for operation in operations {
        switch operation {
        case .activation(let activation):
          let (kind, alpha, beta) = activation.algorithm
          dnnl_post_ops_append_eltwise(raw, 1, kind, alpha, beta)
        case .add:
          guard var descriptor = destination?.raw else { continue }
          dnnl_post_ops_append_binary(raw, dnnl_binary_add, &descriptor)
        }
      }
      dnnl_primitive_attr_set_post_ops(attributes, raw)
      dnnl_post_ops_destroy(raw)
    }
    raw = attributes
  }

  deinit { dnnl_primitive_attr_destroy(raw) }
}
