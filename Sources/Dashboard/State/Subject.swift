import Compression
import Graph

/// The model on the screen, as it was before anything was done to it.
package struct Subject: Sendable {
  package var name: String
  package var layers: [LayerFacts]
  package var baseline: CostReport
  /// What shrinks with the channels of a layer, by its index; the same answer for the same question.
  package var coupling: @Sendable (Int) -> ChannelCoupling? = { _ in nil }

  package init(name: String, layers: [LayerFacts], baseline: CostReport) {
    self.name = name
    self.layers = layers
    self.baseline = baseline
  }

  package init(_ model: Model, baseline: CostReport, name: String? = nil) {
    self.init(
      name: name ?? model.name, layers: model.layers.map { LayerFacts($0, of: model) }, baseline: baseline)
  }

  package init(_ compressor: Compressor, name: String? = nil) {
    self.init(compressor.model, baseline: compressor.baseline, name: name)
    coupling = { compressor.coupling(ofLayer: $0) }
  }

  /// Bytes of the layer's weight and bias before anything was done.
  package func share(of layer: Int) -> Double {
    let total = baseline.parameters
    return total == 0 ? 0 : Double(layers[layer].parameters) / Double(total)
  }
}

/// The samples by which accuracy is measured.
package enum DataState: Hashable, Sendable {
  case loading
  case ready(name: String, samples: Int)
  case failed(String)
}
