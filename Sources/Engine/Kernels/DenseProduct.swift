import Graph
import Tensor

extension Lowering {
  /// Adds `x · wᵀ + bias` with a constant weight, and the activation behind it, as an inner product.
  ///
  /// - Parameters:
  ///   - input: its last axis is the reduction; those before it are rows.
  ///   - weight: `[outputs, inputs]`, or `[inputs, outputs]` where it `isTransposed`.
  mutating func lowerDense(
    _ input: Value, weight: Tensor, isTransposed: Bool, bias: [Float]?, output: String, node: Node
  ) throws {
    let dims = try dims(output)
    let (inner, outer) =
      isTransposed ? (weight.shape[0], weight.shape[1]) : (weight.shape[1], weight.shape[0])
    let rows = input.dims.dropLast().reduce(1, *)
    func make(_ tail: Tail) throws -> Primitive {
      try Primitive.innerProduct(
        source: MemoryDescriptor(plain: [rows, inner]), weights: MemoryDescriptor(any: [outer, inner]),
        bias: bias.map { MemoryDescriptor(plain: [$0.count]) },
        destination: MemoryDescriptor(plain: [rows, outer]), operations: tail.operations, node: node.label)
    }
    var tail = tail(after: output, adding: .plain)
    var primitive = try make(tail)
    if !primitive.isFast {
      tail = self.tail(after: output)
      primitive = try make(tail)
    }
    absorb(tail)
    let given = MemoryDescriptor([outer, inner], strides: isTransposed ? [1, outer] : [inner, 1])
    let destination = allocate(dims)
    var arguments: [(PrimitiveStep.Role, PrimitiveStep.Operand)] = [
      (.source, .value(input)),
      (.weights, .prepared(try primitive.prepared(weight, as: given))),
      (.destination, .value(destination)),
    ]
    if let bias { arguments.append((.bias, .value(constant(Tensor(bias))))) }
    add(
      PrimitiveStep(primitive, arguments + tail.arguments), node: node.label,
      touching: [input, destination] + tail.added)
    define(tail.output, destination)
  }
}
