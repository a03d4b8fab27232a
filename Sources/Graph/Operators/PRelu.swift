/// `x` where it is positive and `slope · x` elsewhere; the slope stretches to the shape of `x`.
public struct PRelu: BinaryElementwise {
  public static let type: OperatorType = "PRelu"

  /// Before opset 7 slopes belonged to channels.
  public let axis: Int?

  public init(_ node: Node, opset: Int) { axis = opset < 7 ? 1 : nil }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let outputs = try inferStretched(inputs)
    if let x = inputs.optional(0)?.dims, let output = outputs[0].dims {
      guard x.count == output.count, !zip(x, output).contains(where: { $0.contradicts($1) }) else {
        throw Mismatch("the slope does not stretch to \(x.text)")
      }
    }
    return outputs
  }

  public var isPositivelyHomogeneous: Bool { true }
}
