import Tensor

/// An operator whose output has the shape of its one input, and its type or a fixed one.
public protocol UnaryElementwise: Operator {
  /// The output's type, where it is not the input's.
  static var result: DType? { get }

  /// The result for a size that a graph computes; unknown where it is not exact.
  func fold(_ size: Dim) -> Dim
}

extension UnaryElementwise {
  public static var result: DType? { nil }
  public func fold(_ size: Dim) -> Dim { .unknown }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    return [Facts(dtype: Self.result ?? x.dtype, dims: x.dims).with(elements: x.elements?.map(fold))]
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
