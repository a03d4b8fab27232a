import Engine
import Graph
import Tensor

extension TypedGraph {
  /// How the data of a layer is laid out as what its output channels sum.
  ///
  /// - Parameter data: the shape of the data, with any number of samples.
  /// - Throws: `CompressionError.layer` where the operator or its weight is not of that kind.
  func unfolding(of layer: Layer, data: Shape) throws(CompressionError) -> Unfolding {
    let node = graph.nodes[layer.node]
    guard let op = operators[layer.node] as? any Unfoldable, let weight = graph.constants[layer.weight] else {
      throw .layer(layer.name, reason: "what \(layer.type) nodes sum cannot be observed")
    }
    do throws(Mismatch) {
      // In the axes of the node's own input, which a Transpose may have changed.
      let shape = node.input(layer.slot.weight).flatMap { facts[$0]?.sizes }.map { Shape($0) }
      let unfolding = try op.unfolding(data: data, weight: shape ?? weight.shape, slot: layer.slot)
      guard unfolding.columns * weight.shape[layer.slot.outputAxis] == weight.count else {
        throw Mismatch("its weight is no matrix")
      }
      guard unfolding.columns <= 1 || weight.shape.rank == 2 || node.input(layer.slot.weight) == layer.weight
      else { throw Mismatch("its weight is stored in another order") }
      return unfolding
    } catch {
      throw .layer(layer.name, reason: "what it sums cannot be observed: \(error.reason)")
    }
  }
}
