/// The operators that Pare knows. A new one is a file in `Operators` and a line here.
public enum OperatorRegistry {
  static let all: [any Operator.Type] = [
    Add.self,
    AveragePool.self,
    BatchNormalization.self,
    Cast.self,
    CastLike.self,
    Clip.self,
    Compress.self,
    Concat.self,
    Constant.self,
    ConstantOfShape.self,
    Conv.self,
    DepthToSpace.self,
    DequantizeLinear.self,
    Div.self,
    Dropout.self,
    Einsum.self,
    Erf.self,
    Expand.self,
    EyeLike.self,
    Flatten.self,
    Gather.self,
    GatherElements.self,
    GatherND.self,
    Gemm.self,
    GlobalAveragePool.self,
    Identity.self,
    LayerNormalization.self,
    LeakyRelu.self,
    MatMul.self,
    MaxPool.self,
    Mul.self,
    NonZero.self,
    OneHot.self,
    Pad.self,
    QuantizeLinear.self,
    RangeOf.self,
    ReduceMean.self,
    Relu.self,
    Reshape.self,
    Resize.self,
    ReverseSequence.self,
    Scatter.self,
    ScatterElements.self,
    ScatterND.self,
    ShapeOf.self,
    Sigmoid.self,
    SizeOf.self,
    Slice.self,
    Softmax.self,
    SpaceToDepth.self,
    Split.self,
    Squeeze.self,
    Sub.self,
    Tanh.self,
    Tile.self,
    TopK.self,
    Transpose.self,
    Trilu.self,
    Unique.self,
    Unsqueeze.self,
    Upsample.self,
  ]

  private static let byType = Dictionary(uniqueKeysWithValues: all.map { ($0.type, $0) })

  /// Whether `type` is known.
  public static func knows(_ type: OperatorType) -> Bool { byType[type] != nil }

  /// The operator of a node, with its attributes read.
  ///
  /// - Throws: `GraphError.unknownOperator`, or `.attribute` where an attribute is wrong.
  public static func resolve(_ node: Node, in graph: Graph) throws(GraphError) -> any Operator {
    guard let type = byType[node.type] else { throw .unknownOperator(node: node.label, type: node.type) }
    return try type.init(node, opset: graph.opset(of: node.type))
  }
}
