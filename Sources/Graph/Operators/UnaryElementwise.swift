/// An operator whose output has the shape and type of its one input.
public protocol UnaryElementwise: Operator {}

extension UnaryElementwise {
  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank)
  }
}

extension AxisLink {
  /// Every axis of input `index` is the same axis of output 0.
  public static func identity(input index: Int = 0, rank: Int?) -> [AxisLink] {
    (0..<(rank ?? 0)).map { AxisLink(Axis(.input(index), $0), Axis(.output(0), $0)) }
  }
}

extension [Facts?] {
  /// The facts of an input that must be there.
  public func required(_ index: Int) throws(Mismatch) -> Facts {
    guard index < count, let facts = self[index] else { throw Mismatch("input \(index) is missing") }
    return facts
  }

  /// The facts of an input that may be left out.
  public func optional(_ index: Int) -> Facts? { index < count ? self[index] : nil }
}
