import Graph

extension AxisLink {
  /// Whether positions are the same on both sides.
  var isPlain: Bool { block == 1 && offset == 0 }

  func joins(_ axis: Axis, to side: Side) -> Bool { other(axis)?.side == side }

  /// The other end of a link that has one at `axis`.
  func other(_ axis: Axis) -> Axis? { from == axis ? to : to == axis ? from : nil }

  /// The axis on `side` whose positions are those of `axis`, one for one.
  func end(from axis: Axis, to side: Side) -> Int? {
    isPlain && joins(axis, to: side) ? other(axis)?.axis : nil
  }
}
