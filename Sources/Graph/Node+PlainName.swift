extension Node {
  /// What people call the node: after its first parameters, as layers are, else after the node.
  public var plainName: String {
    inputs.dropFirst().lazy.filter { !$0.isEmpty }.compactMap(LayerNames.name(ofWeight:)).first
      ?? LayerNames.name(ofNode: self) ?? label
  }
}
