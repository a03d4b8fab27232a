import Compression
import Graph
import Tensor

/// What the screen has to know of a layer before anything is done to it.
package struct LayerFacts: Hashable, Sendable {
  package var name: String
  /// Name of the constant that holds the weight; layers may share one.
  package var weight: String
  package var shape: Shape
  /// The axis of `shape` along which channels are pruned unless a recipe names another.
  package var outputAxis: Int
  /// Positions of the weight's input axis.
  package var inputs: Int
  package var parameters: Int
  /// For one sample; nil where a size is not known.
  package var macs: Int?
  /// Names of the criteria, beside norms, by which its channels can be ranked.
  package var channelCriteria: [String]

  package init(
    name: String, weight: String, shape: Shape, outputAxis: Int, inputs: Int = 0, parameters: Int, macs: Int?,
    channelCriteria: [String] = PruningCriteria.names(for: .channel())
  ) {
    self.name = name
    self.weight = weight
    self.shape = shape
    self.outputAxis = outputAxis
    self.inputs = inputs
    self.parameters = parameters
    self.macs = macs
    self.channelCriteria = channelCriteria
  }

  package init(_ layer: Layer, of model: Model) {
    self.init(
      name: layer.name, weight: layer.weight, shape: layer.shape, outputAxis: layer.slot.outputAxis,
      inputs: layer.shape[layer.slot.inputAxis], parameters: layer.parameters, macs: layer.macs,
      channelCriteria: PruningCriteria.channelNames(of: layer, in: model.typed))
  }

  /// Elements of the weight.
  package var weights: Int { shape.count }
}
