import Graph
import Tensor

/// Fits the weights of a layer that stay to what the layer wrote before pruning (He, Zhang and Sun 2017, "Channel
/// Pruning for Accelerating Very Deep Neural Networks", section 3.1).
///
/// With X the inputs of the pruned model and R what the output lacks, each output channel's weights change by the d
/// that makes `‖R - X d‖² + λ ‖d‖²` least over the weights that are not zero; λ is a share of the mean of `Xᵀ X`'s
/// diagonal, and keeps weights where they are about which the samples say little. Biases stay as they are.
///
/// Weights that are shared, that reach the layer by arithmetic, or whose operator is no weighted sum stay as they are.
struct LeastSquares: NodeRepair {
  /// λ as a share of the mean of the diagonal.
  static let damping = 0.01

  init?(_ repair: Repair) {
    guard repair.leastSquares else { return nil }
  }

  func repair(node: Int, _ work: inout RepairWork) throws {
    guard let layer = work.changedLayer(at: node), work.isOwn(layer.weight),
      let summing = work.summing(layer, in: work.typed), let axis = work.typed.outputAxis(of: layer),
      let input = layer.data(in: work.typed.graph)
    else { return }
    let output = work.typed.graph.nodes[node].outputs[0]
    guard let all = work.model.typed.facts[output]?.dims?[axis].value else { return }
    let kept = work.kept(output, axis: axis, of: all)
    let matrix = WeightMatrix(summing.weight.shape, outputAxis: layer.slot.outputAxis)
    var sums = LeastSquaresSums(summing.unfolding, channels: matrix.rows)
    try work.forEachBatch(before: [output], after: [output, input]) { before, after in
      if work.isCancelled() { throw CompressionError.cancelled }
      sums.add(
        after[1], summing.unfolding,
        residual: Residual(before[0], kept: kept, minus: after[0], axis: axis))
    }
    guard sums.isFinite else {
      throw CompressionError.layer(layer.name, reason: "reads or writes a value that is not finite")
    }
    let fitted = try sums.fitted(
      matrix.gathered(summing.weight.floats), factor: summing.factor, damping: Float(Self.damping),
      isCancelled: work.isCancelled)
    work.set(layer.weight, to: Tensor(matrix.scattered(fitted), shape: summing.weight.shape))
  }
}
