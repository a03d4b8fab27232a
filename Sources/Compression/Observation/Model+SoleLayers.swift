import Graph

extension Model {
  /// By node the layer of each that has one; those with several weights are not in it.
  var soleLayers: [Int: Layer] {
    Dictionary(grouping: layers, by: \.node).compactMapValues { $0.count == 1 ? $0[0] : nil }
  }
}
