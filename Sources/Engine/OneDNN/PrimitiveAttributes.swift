import COneDNN

/// An elementwise function that oneDNN applies to a result while it is still in registers.
struct Activation: Hashable, Sendable {
  enum Function: Hashable, Sendable {
    /// `max(x, 0)`, or `slope * x` below zero.
    case relu(slope: Float)
    case clip(Float, Float)
    case sigmoid
    case tanh
  }

  var function: Function

  var algorithm: (kind: dnnl_alg_kind_t, alpha: Float, beta: Float) {
    switch function {
    case .relu(let slope): (dnnl_eltwise_relu, slope, 0)
    case .clip(let low, let high): (dnnl_eltwise_clip, low, high)
    case .sigmoid: (dnnl_eltwise_logistic, 0, 0)
    case .tanh: (dnnl_eltwise_tanh, 0, 0)
    }
  }
}

/// oneDNN's attributes of a primitive: what it does with its result, and scratch memory that the caller gives,
/// so that one primitive can run on several threads.
final class PrimitiveAttributes {
  let raw: dnnl_primitive_attr_t?

  init(activations: [Activation] = []) {
    var attributes: dnnl_primitive_attr_t?
    dnnl_primitive_attr_create(&attributes)
    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user)
    if !activations.isEmpty {
      var operations: dnnl_post_ops_t?
      dnnl_post_ops_create(&operations)
      for activation in activations {
        let (kind, alpha, beta) = activation.algorithm
        dnnl_post_ops_append_eltwise(operations, 1, kind, alpha, beta)
      }
      dnnl_primitive_attr_set_post_ops(attributes, operations)
      dnnl_post_ops_destroy(operations)
    }
    raw = attributes
  }

  deinit { dnnl_primitive_attr_destroy(raw) }
}
