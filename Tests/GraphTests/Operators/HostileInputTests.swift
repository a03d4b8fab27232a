import Graph
import Tensor
import Testing

/// Numbers that no honest model has must end in an error, never in a trap.
@Suite struct HostileInputTests {
  private static let types: [OperatorType] = [
    "Abs", "Acos", "Acosh", "Add", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh",
    "AveragePool", "BatchNormalization", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor",
    "Cast", "Ceil", "Celu", "Clip", "Concat", "Constant", "Conv", "Cos", "Cosh", "CumSum",
    "DequantizeLinear", "Div", "Dropout", "Elu", "Equal", "Erf", "Exp", "Flatten", "Floor", "Gather",
    "Gelu", "Gemm", "GlobalAveragePool", "Greater", "GreaterOrEqual", "HardSigmoid", "HardSwish", "Hardmax",
    "Identity", "IsInf", "IsNaN", "LayerNormalization", "LeakyRelu", "Less", "LessOrEqual", "Log",
    "LogSoftmax", "LpNormalization", "MatMul", "Max", "MaxPool", "Mean", "Min", "Mish", "Mod", "Mul", "Neg",
    "Not", "Or", "PRelu", "Pad", "Pow", "QuantizeLinear", "Reciprocal", "ReduceL1", "ReduceL2",
    "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum",
    "ReduceSumSquare", "Relu", "Reshape", "Round", "Selu", "Shape", "Sigmoid", "Sign", "Sin", "Sinh",
    "Softmax", "Softplus", "Softsign", "Sqrt", "Squeeze", "Sub", "Sum", "Tan", "Tanh", "ThresholdedRelu",
    "Transpose", "Unsqueeze", "Where", "Xor",
    "CastLike", "Compress", "ConstantOfShape", "DepthToSpace",
    "Einsum", "Expand", "EyeLike", "GatherElements", "GatherND", "NonZero", "OneHot", "Range", "Resize",
    "ReverseSequence", "Scatter", "ScatterElements", "ScatterND", "Size", "Slice", "SpaceToDepth", "Split",
    "Tile", "TopK", "Trilu", "Unique", "Upsample",
    OperatorType("Gelu", domain: "com.microsoft"), OperatorType("FastGelu", domain: "com.microsoft"),
  ]
  private static let layers: [OperatorType] = [
    "ConvInteger", "ConvTranspose", "DynamicQuantizeLinear", "GRU", "GlobalLpPool", "GlobalMaxPool",
    "GroupNormalization", "InstanceNormalization", "LRN", "LSTM", "LpPool", "MatMulInteger", "QLinearConv",
    "QLinearMatMul", "RNN", "SimplifiedLayerNormalization",
    OperatorType("DynamicQuantizeLSTM", domain: "com.microsoft"),
    OperatorType("MatMulNBits", domain: "com.microsoft"),
    OperatorType("SkipLayerNormalization", domain: "com.microsoft"),
  ]
  private static let numbers = [0, 1, -1, 2, 3, 4, -4, 7, 1 << 31, 1 << 40, 1 << 62, .max, .min, .min + 1]
  private static let names = [
    "strides", "pads", "dilations", "kernel_shape", "axes", "perm", "shape", "group", "axis", "to", "start",
    "end",
    "block_size", "output_dtype", "ceil_mode", "keepdims", "value_ints", "transA", "transB", "allowzero",
    "noop_with_empty_axes", "select_last_index", "fmod", "p", "exclusive", "reverse", "detect_negative",
    "output_padding", "output_shape", "num_groups", "hidden_size", "size", "K", "N", "bits", "layout",
    "storage_order", "training_mode", "stash_type",
    "starts", "ends", "split", "num_outputs", "k", "batch_dims", "blocksize", "dtype", "batch_axis",
    "time_axis",
  ]

  @Test(arguments: types + layers) func neverTraps(type: OperatorType) {
    var random = Generator(state: 88_172_645_463_325_252)
    for _ in 0..<3_000 {
      var attributes: [String: Attribute] = [:]
      for name in Self.names where random.next(4) == 0 {
        let list = (0..<random.next(5)).map { _ in random.pick(Self.numbers) }
        attributes[name] = random.next(2) == 0 ? .int(random.pick(Self.numbers)) : .ints(list)
      }
      attributes["auto_pad"] = random.pick([nil, .string("SAME_UPPER"), .string("VALID")])
      attributes["mode"] = random.pick([
        nil, .string("reflect"), .string("wrap"), .string("CRD"), .string("linear"), .string("cubic"),
      ])
      attributes["equation"] = random.pick([
        .string("ij,jk->ik"), .string("...i,i...->..."), .string("ii"), .string(",->"), .string("a>b"),
        .string(".a"),
      ])
      attributes["scales"] = .floats(
        (0..<random.next(5)).map { _ in random.pick([0, 1, -1, 1e38, 1e-38, .nan, 2.5]) })
      attributes["coordinate_transformation_mode"] = random.pick([nil, .string("tf_crop_and_resize")])
      attributes["keep_aspect_ratio_policy"] = random.pick([
        nil, .string("not_larger"), .string("not_smaller"),
      ])
      attributes["direction"] = random.pick([nil, .string("reverse"), .string("bidirectional")])
      let inputs = (0..<random.next(Self.layers.contains(type) ? 13 : 5)).map { _ in
        random.facts(Self.numbers)
      }
      guard
        let probe = try? Probe(
          type, inputs, attributes, opset: random.pick([1, 6, 10, 11, 13, 18, 21]), outputs: 2)
      else { continue }
      _ = (probe.links, probe.macs, probe.slot)
    }
  }

  /// Xorshift: the same numbers in every run.
  private struct Generator {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }

    mutating func pick<T>(_ list: [T]) -> T { list[next(list.count)] }

    mutating func facts(_ numbers: [Int]) -> Facts? {
      switch next(8) {
      case 0: return nil
      case 1: return Facts(Tensor((0..<next(9)).map { _ in Int64(pick(numbers)) }))
      case 2: return Facts(Tensor(scalar: Int64(pick(numbers))))
      case 6:
        return Facts(
          Tensor((0..<next(9)).map { _ in pick([Float(0), 1, 2, -1, 1e38, .infinity, .nan, 0.3]) }))
      case 7: return Facts(Tensor((0..<next(9)).map { _ in next(2) == 0 }))
      case 3: return Facts(dtype: pick([nil, .float32, .int64]), dims: nil)
      default:
        let dims = (0..<next(6)).map { _ in
          pick([Dim.unknown, .symbol("N"), 1, 1, 3, 8, Dim(max(pick(numbers), 0))])
        }
        return Facts(dtype: pick([.float32, .float32, .float32, .int8, .int64, nil]), dims: dims)
      }
    }
  }
}
