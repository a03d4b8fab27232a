import COneDNN
import Tensor

/// A step that is one oneDNN primitive.
struct PrimitiveStep: Step {
  enum Role: Sendable {
    case source, weights, bias, destination, scale, shift
    /// What operation `index` behind the result adds.
    case added(Int)

    var index: Int32 {
      switch self {
      case .source: DNNL_ARG_SRC
      case .weights: DNNL_ARG_WEIGHTS
      case .bias: DNNL_ARG_BIAS
      case .destination: DNNL_ARG_DST
      case .scale: DNNL_ARG_SCALE
      case .shift: DNNL_ARG_SHIFT
      // DNNL_ARG_ATTR_MULTIPLE_POST_OP, a macro with a parameter.
      case .added(let index): (DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (Int32(index) + 1)) | DNNL_ARG_SRC_1
      }
    }

    var query: dnnl_query_t {
      switch self {
      case .source: dnnl_query_src_md
      case .weights: dnnl_query_weights_md
      // oneDNN counts the bias among the weights.
      case .bias: dnnl_query_weights_md
      case .destination, .added: dnnl_query_dst_md
      case .scale, .shift: dnnl_query_weights_md
      }
    }
  }

  enum Operand: Sendable {
    case value(Value)
    /// Weights in the layout that the primitive asked for.
    case prepared(Storage)
  }

  let primitive: Primitive
  let arguments: [(role: Role, operand: Operand)]

  init(_ primitive: Primitive, _ arguments: [(role: Role, operand: Operand)]) {
    self.primitive = primitive
    self.arguments = arguments
  }

  var scratchByteCount: Int { primitive.scratchByteCount }

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let bound = try primitive.bound(
      arguments.map { role, operand in
        let address: Address =
          switch operand {
          case .value(let value): memory.address(value)
          case .prepared(let storage): .fixed(storage.bytes.baseAddress!)
          }
        let descriptor =
          switch role {
          case .scale, .shift: MemoryDescriptor(plain: [primitive.source.lastSize])
          case .bias: primitive.descriptor(role.query, 1)
          default: primitive.descriptor(role.query)
          }
        return (role.index, try BoundMemory(descriptor, at: address, node: primitive.node))
      }, scratch: memory.scratch)
    return { inputs in try bound.run(inputs) }
  }
}

extension Primitive {
  /// Weights in the layout that the primitive asks for, which plans share.
  ///
  /// - Parameter descriptor: of the tensor as it is.
  func prepared(
    _ tensor: Tensor, as descriptor: MemoryDescriptor, query: dnnl_query_t = dnnl_query_weights_md
  )
    throws -> Storage
  {
    let wanted = self.descriptor(query)
    let key = PreparedWeights.Key(tensor, from: descriptor, to: wanted)
    return try PreparedWeights.shared.storage(key) { try copied(tensor, from: descriptor, to: wanted) }
  }

  private func copied(_ tensor: Tensor, from descriptor: MemoryDescriptor, to wanted: MemoryDescriptor) throws
    -> Storage
  {
    let storage = Storage(byteCount: wanted.byteCount)
    try tensor.withUnsafeBytes { bytes in
      if wanted.isSame(as: descriptor) {
        storage.bytes.copyMemory(from: bytes)
        return
      }
      let reorder = try Primitive.reorder(from: descriptor, to: wanted, node: node)
      let scratch = Storage(byteCount: reorder.scratchByteCount)
      let source = UnsafeMutableRawPointer(mutating: bytes.baseAddress!)
      let bound = try reorder.bound(
        [
          (DNNL_ARG_SRC, try BoundMemory(descriptor, at: .fixed(source), node: node)),
          (DNNL_ARG_DST, try BoundMemory(wanted, at: .fixed(storage.bytes.baseAddress!), node: node)),
        ], scratch: scratch.bytes.baseAddress)
      try bound.run([])
    }
    tensor.forget()
    return storage
  }
}
