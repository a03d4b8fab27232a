import Graph
import Tensor

/// An operator that can be computed the plain way: one output element after another, as its definition says.
///
/// Slow, and there to be right: the engine's fast kernels are tested against it, and it serves the operators
/// that have no fast one.
public protocol Evaluable: Operator {
  /// - Parameter inputs: in the node's order, nil for an input that is left out.
  /// - Returns: the outputs in the node's order, trailing optional ones may be missing.
  /// - Throws: `Mismatch` for inputs that do not fit, `EngineError.unsupported` for an element type that it does
  ///   not compute. Neither knows the node; `evaluate(_:at:)` adds it.
  func evaluate(_ inputs: [Tensor?]) throws -> [Tensor]
}

extension Evaluable {
  /// Evaluates the operator as `node`, which errors then name.
  ///
  /// - Throws: `GraphError.inputs` for inputs that do not fit, or `EngineError`.
  public func evaluate(_ inputs: [Tensor?], at node: Node) throws -> [Tensor] {
    do {
      return try evaluate(inputs)
    } catch let mismatch as Mismatch {
      throw GraphError.inputs(node: node.label, type: node.type, reason: mismatch.reason)
    } catch EngineError.unsupported(_, let reason) {
      throw EngineError.unsupported(node: node.label, reason: reason)
    }
  }

  /// Types and shapes of the outputs for these inputs, once they are found to fit.
  func layouts(_ inputs: [Tensor?]) throws -> [Layout] {
    try infer(inputs.map { $0.map { Facts($0) } }).map { facts in
      guard let dtype = facts.dtype, let sizes = facts.sizes else {
        throw EngineError.unsupported(node: "", reason: "the shape of \(Self.type)'s output is not known")
      }
      return try Layout(dtype: dtype, sizes: sizes)
    }
  }

  /// An input that must be there.
  func required(_ inputs: [Tensor?], _ index: Int) throws -> Tensor {
    guard let input = optional(inputs, index) else { throw Mismatch("input \(index) is missing") }
    return input
  }

  /// An input that may be left out.
  func optional(_ inputs: [Tensor?], _ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }

  func unsupported(_ dtype: DType) -> EngineError {
    .unsupported(node: "", reason: "\(Self.type) of \(dtype) cannot be computed")
  }
}

/// Type and shape of an output that is about to be written.
public struct Layout: Hashable, Sendable {
  public var dtype: DType
  public var shape: Shape

  /// - Throws: `Mismatch` where this machine could not hold it.
  init(dtype: DType, sizes: [Int]) throws(Mismatch) {
    self.dtype = dtype
    shape = Shape(sizes)
    var count = 1
    // Sizes may be huge beside an empty axis, and are then multiplied too.
    for size in sizes {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
      guard size >= 0, !overflow, product <= Self.largestCount,
        dtype.byteCount(of: product) <= MemoryLimit.value
      else {
        throw Mismatch("an output of \(sizes.map(String.init).joined(separator: "·")) elements is too large")
      }
      count = product
    }
  }

  /// 2^32 elements: more than fits a batch of any model that is run here.
  private static let largestCount = 1 << 32
}
