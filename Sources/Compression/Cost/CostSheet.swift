import Graph

/// All from which a cost report is added up. Counting and estimating fill it each in their own way.
struct CostSheet: Sendable {
  /// By the name of the constant.
  var constants: [String: ConstantTally] = [:]
  /// Bytes of scales and zero points that came with a recipe.
  var addedBytes = 0
  /// By layer.
  var layers: [LayerEntry] = []
  /// Multiply-accumulates of each node, for all samples that the facts are for.
  var macs: [Int?] = []
  var peak: (bytes: Int, isComplete: Bool) = (0, true)
  /// How many samples the facts are for.
  var samples = 1

  /// More multiplications than this, of all nodes together, are counted as not known: so that sums of them do not
  /// overflow, nor their products with bits.
  private static let largestMacs = 1 << 50

  struct LayerEntry: Sendable {
    var name: String
    var node: Int
    var weight: String
    var bias: String?
    /// Bytes of the weight's scales and zero points.
    var scaleBytes: Int
    var weightBits: Int
    var activationBits: Int
  }

  var report: CostReport {
    let macs = countableMacs
    var report = CostReport(
      parameters: 0, nonzeroParameters: 0, sizeBytes: addedBytes, macs: 0, effectiveMacs: 0,
      peakActivationBytes: peak.bytes / samples,
      isComplete: peak.isComplete && !macs.contains { $0 == nil }, layers: [])
    for tally in constants.values {
      report.parameters += tally.parameters
      report.nonzeroParameters += tally.nonzero
      report.sizeBytes += tally.bytes
    }
    report.macs = macs.reduce(0) { $0 + ($1 ?? 0) } / samples
    report.effectiveMacs = report.macs
    let shares = shares(of: macs)
    report.layers = layers.enumerated().map { index, layer in
      let weight = constants[layer.weight] ?? ConstantTally()
      let bias = layer.bias.flatMap { constants[$0] } ?? ConstantTally()
      let macs = shares[index]
      // Each weight is used at as many positions as every other.
      let effective = weight.parameters == 0 ? 0 : macs / weight.parameters * weight.nonzero
      report.effectiveMacs -= macs - effective
      return LayerCost(
        name: layer.name, parameters: weight.parameters + bias.parameters,
        nonzero: weight.nonzero + bias.nonzero, weights: weight.parameters, nonzeroWeights: weight.nonzero,
        sizeBytes: weight.bytes + bias.bytes + layer.scaleBytes, macs: macs, effectiveMacs: effective,
        weightBits: layer.weightBits, activationBits: layer.activationBits)
    }
    return report
  }

  /// Those of each node, as far as the sum of them can be had.
  private var countableMacs: [Int?] {
    var left = Self.largestMacs
    return macs.map { macs in
      guard let macs, macs <= left else { return nil }
      left -= macs
      return macs
    }
  }

  /// Multiply-accumulates of each layer for one sample: of nodes with several weights each has its share.
  private func shares(of macs: [Int?]) -> [Int] {
    var result = [Int](repeating: 0, count: layers.count)
    for (node, places) in Dictionary(grouping: layers.indices, by: { layers[$0].node }) {
      let weights = places.map { constants[layers[$0].weight]?.parameters ?? 0 }
      let shares = WeightShares(of: (macs[node] ?? 0) / samples, weights: weights).shares
      for (place, share) in zip(places, shares) { result[place] = share }
    }
    return result
  }
}
