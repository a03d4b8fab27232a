import Graph
import Tensor

/// Measures mean and variance of a batch normalisation again, by what flows into it now.
///
/// They are the mean and the biased variance over samples and positions: those by which PyTorch normalises in training
/// mode. One batch of all samples with `momentum=None` leaves the same in `running_mean`; its `running_var` is
/// n / (n - 1) times as large, n being the values of a channel.
struct BatchNormStatistics: NodeRepair {
  private static let mean = 3
  private static let variance = 4

  init?(_ repair: Repair) {
    guard repair.batchNorm else { return nil }
  }

  func repair(node: Int, _ work: inout RepairWork) throws {
    guard let norm = work.typed.operators[node] as? BatchNormalization, norm.isSpatial,
      let input = work.typed.graph.nodes[node].input(0), work.typed.facts[input]?.dtype == .float32
    else { return }
    var moments = ChannelMoments()
    try work.forEachBatch(after: [input]) { _, after in moments.add(after[0], along: 1) }
    let (means, variances) = (moments.means, moments.variances)
    guard means.allSatisfy(\.isFinite), variances.allSatisfy(\.isFinite) else {
      throw CompressionError.layer(
        work.typed.graph.nodes[node].label, reason: "reads a value that is not finite")
    }
    let name = work.typed.graph.nodes[node].label
    work.set(input: Self.mean, of: node, to: Tensor(means.map { Float($0) }), name: "\(name).mean")
    work.set(
      input: Self.variance, of: node, to: Tensor(variances.map { Float($0) }), name: "\(name).variance")
  }
}
