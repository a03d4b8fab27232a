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
    guard !gone.isEmpty, let place = BiasPlace(of: layer, channels: rows.count, in: work.typed),
      !work.isMeasured(place)
    else { return }
    // What each output summed over the channels that went, on average, and what it still does.
    var lost = try Self.sums(of: old, rows: rows, inputs: gone, work.means(of: layer, pruned: false))
    let left = Set(kept.indices.filter { gone.contains(kept[$0]) })
    if !left.isEmpty {
      let means = try work.means(of: layer, pruned: true)
      for (row, sum) in Self.sums(of: new, rows: Array(rows.indices), inputs: left, means).enumerated() {
        lost[row] -= sum
      }
    }
    if lost.allSatisfy({ $0 == 0 }) { return }
    work.set(input: place.input, of: place.node, to: place.moved(by: lost), name: "\(layer.name).bias")
  }

  /// For each of some output channels the sum of its weights for some input channels, times their means.
  private static func sums(
    of summing: RepairWork.Summing, rows: [Int], inputs: Set<Int>, _ means: [Double]
  ) -> [Double] {
    let layer = summing.layer
    let matrix = WeightMatrix(summing.weight.shape, outputAxis: layer.slot.outputAxis)
    let weights = summing.weight.floats
    let shape = summing.weight.shape
    let (inner, size) = (shape.inner(of: layer.slot.inputAxis), shape[layer.slot.inputAxis])
    let perGroup = matrix.rows / max(1, summing.unfolding.groups)
    return rows.map { row in
      let group = row / max(1, perGroup)
      let sum = (0..<matrix.columns).reduce(0.0) { sum, column in
        let element = matrix.element(row, column)
        guard inputs.contains(element / inner % size) else { return sum }
        return sum + Double(weights[element]) * means[group * matrix.columns + column]
      }
      return Double(summing.factor) * sum
    }
  }
}
