import Tensor

/// Its input, in inference. To train, elements are dropped at random by a seed, and the others made larger by what
/// those leave.
///
/// A second output says of each element whether it was kept.
public struct Dropout: Operator {
  public static let type: OperatorType = "Dropout"

  /// The mask's type; nil where it is the data's, as before opset 10.
  public let maskType: DType?

  /// What the random numbers begin with, to train.
  public let seed: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) {
    maskType = opset >= 10 ? .bool : nil
    seed = try node.int("seed")
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    if let ratio = inputs.optional(1) { try ratio.requireSingle("'ratio'") }
    if let training = inputs.optional(2) {
      try training.requireSingle("'training_mode'")
      try training.require(dtypeIn: [.bool], "'training_mode'")
    }
    return [x, Facts(dtype: maskType ?? x.dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank)
      + (0..<(outputs.count > 1 ? outputs[0].rank ?? 0 : 0)).map {
        AxisLink(AxisLink.Axis(.input(0), $0), AxisLink.Axis(.output(1), $0))
      }
  }

  public var weightPath: Int? { 0 }
  public var selects: Bool { true }
}
