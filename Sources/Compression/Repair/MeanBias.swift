import Engine
import Graph
import Tensor

/// Folds the mean activation of channels that went into the biases of the layers that read them:
/// `b += Σ_k W[:, k] · (mean(x_k) - mean(x'_k))` over the input channels k that went (Ye et al. 2018, "Rethinking the
/// Smaller-Norm-Less-Informative Assumption in Channel Pruning of Convolution Layers", section 4.2).
///
/// `x_k` is what arrives at the layer in the model as it was, with all taps of a convolution and their padding; `x'_k`
/// is nothing for a channel taken out, and what its bias still gives for one set to zero. Nothing is done for a layer
/// that has no bias and none behind it, and cannot be given one: a MatMul by itself.
struct MeanBias: NodeRepair {
  init?(_ repair: Repair) {
    guard repair.meanBias else { return nil }
  }

  func repair(node: Int, _ work: inout RepairWork) throws {
    guard let layer = work.layer(at: node), let new = work.summing(layer, in: work.typed),
      let old = work.summing(layer, in: work.model.typed)
    else { return }
    let (outputs, inputs) = (layer.slot.outputAxis, layer.slot.inputAxis)
    let rows = work.kept(layer.weight, axis: outputs, of: layer.shape[outputs])
    let kept = work.kept(layer.weight, axis: inputs, of: layer.shape[inputs])
    let gone = Set(0..<layer.shape[inputs]).subtracting(kept).union(work.zeroedInputs(of: layer))
    guard !gone.isEmpty, let place = BiasPlace.all(of: layer, in: work.typed).first,
      !work.isMeasured(place)
    else { return }
    // What each output summed over the channels that went, on average, and what it still does.
    let sums = try Self.sums(of: old, inputs: gone, work.means(of: layer, pruned: false))
    var lost = rows.map { sums[$0] }
    let left = Set(kept.indices.filter { gone.contains(kept[$0]) })
    if !left.isEmpty {
      let means = try work.means(of: layer, pruned: true)
      for (row, sum) in Self.sums(of: new, inputs: left, means).enumerated() {
        lost[row] -= sum
      }
    }
    if lost.allSatisfy({ $0 == 0 }) { return }
    let constant = place.constant.flatMap { work.graph.constants[$0] }
    work.set(
      input: place.input, of: place.node, to: place.moved(constant, by: lost), name: "\(layer.name).bias")
  }

  /// What each output channel sums over some input channels, on average.
  private static func sums(
    of summing: RepairWork.Summing, inputs: Set<Int>, _ means: [Double]
  ) -> [Double] {
    let (shape, slot) = (summing.weight.shape, summing.layer.slot)
    let matrix = WeightMatrix(shape, outputAxis: slot.outputAxis)
    let (inner, size) = (shape.inner(of: slot.inputAxis), shape[slot.inputAxis])
    return matrix.sums(of: summing.weight.floats, times: means) { column in
      inputs.contains(matrix.element(0, column) / inner % size)
    }.map { Double(summing.factor) * $0 }
  }
}
