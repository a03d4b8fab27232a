import Compression
import Graph
import Tensor

/// The model that recipes begin with: as it was opened, or as a training has left it.
package struct Subject: Sendable {
  package var name: String
  package var layers: [LayerFacts]
  package var baseline: CostReport
  /// What shrinks with the channels of a layer, by its index; the same answer for the same question.
  package var coupling: @Sendable (Int) -> ChannelCoupling? = { _ in nil }
  /// The trained models that recipes may begin with instead; nil where one is not to be had.
  package var trained: @Sendable (ContentHash) -> Subject? = { _ in nil }

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
    let own = self.name
    trained = { hash in
      (try? compressor.start(of: Recipe(trained: hash))).map { Subject($0.compressor, name: own) }
    }
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
