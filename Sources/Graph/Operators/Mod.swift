/// The remainder of a division, with the sign of the divisor or, as C's `fmod`, of the dividend. Whole numbers
/// divided by 0 leave 0.
public struct Mod: BinaryElementwise {
  public static let type: OperatorType = "Mod"

  /// Whether the sign is the dividend's.
  public let followsDividend: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    followsDividend = try node.bool("fmod", default: false)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let outputs = try inferStretched(inputs)
    if !followsDividend, outputs[0].dtype?.isFloatingPoint == true {
      throw Mismatch("of real numbers needs 'fmod' to be 1")
    }
    return outputs
  }

  public func fold(_ left: Dim, _ right: Dim) -> Dim {
    if let a = left.value, let b = right.value {
      let (rest, overflow) = a.remainderReportingOverflow(dividingBy: b)
      if overflow { return .unknown }
      return Dim(rest != 0 && !followsDividend && (rest < 0) != (b < 0) ? rest + b : rest)
    }
    return left / right == nil ? .unknown : 0
  }
}
