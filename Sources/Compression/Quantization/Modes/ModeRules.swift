import Graph

/// How one tool quantizes linearly.
protocol ModeRules: Sendable {
  /// Scale, zero point and integers of a range that includes 0.
  func parameters(low: Float, high: Float, _ form: LinearForm) -> LinearParameters

  /// Where a weight half-way between two integers goes, unless its rule says.
  var rounding: LinearOptions.Rounding { get }

  /// How biases become int32; nil where they stay float.
  var biases: (any BiasRules)? { get }

  /// Which tensors get a pair where all do.
  var tensors: any TensorRules { get }
}

/// How a tool makes int32 numbers of a bias: the zero point is 0, and the scale that of the products of input and weight.
protocol BiasRules: Sendable {
  /// A weight's parameters with a scale that is large enough for its bias to fit into 32 bits.
  ///
  /// - Parameters:
  ///   - bias: the bias of the weight's channel, or the largest magnitude of all where the weight has one scale.
  ///   - isChannel: whether the weight has a scale for each channel.
  ///   - input: the scale of the input.
  func fitting(_ weight: LinearParameters, bias: Float, isChannel: Bool, input: Float) -> LinearParameters

  func round(_ bias: Float, scale: Float) -> Int32
}

/// How a tool chooses the tensors of a graph that it rounds.
protocol TensorRules: Sendable {
  /// What quantizing a node means, which is no layer or one whose rules quantize weights and activations.
  func role(of node: Node, isLayer: Bool, opset: Int) -> NodeRole

  /// Whether what a folded node alone reads is left as it is.
  ///
  /// - Parameter scheme: of the pair behind the node.
  func dropsInput(_ scheme: Scheme) -> Bool

  /// Ranges that follow from a node and not from what was measured alone.
  ///
  /// - Parameter isSole: whether only one node reads a tensor.
  func adjust(_ ranges: inout [String: ActivationRanges.Range], by node: Node, isSole: (String) -> Bool)
}

extension TensorRules {
  func dropsInput(_ scheme: Scheme) -> Bool { true }
  func adjust(_ ranges: inout [String: ActivationRanges.Range], by node: Node, isSole: (String) -> Bool) {}
}

/// What is rounded of a node's inputs and outputs where all tensors are.
enum NodeRole: Hashable, Sendable {
  /// Nothing.
  case none
  /// Its input and its first output; weight and bias follow its rule.
  case layer
  /// All inputs and outputs, constants too, which then are integers like an activation's.
  case all
  /// Its outputs, by the scale of its first input, where that is rounded; `always` makes it so.
  case sameAsInput(always: Bool)
  /// The same, or of a constant that is looked up in.
  case gather
  /// All its inputs, and its output by the scale of the first where it pads with zeros or with what is there.
  case pad
  /// A Relu, a Clip, or what else is part of the layer before it, where its input is rounded: its output. What it
  /// alone reads is left as it is if `TensorRules.dropsInput` says so.
  case folded
  /// Its input and outputs; its factors are integers like a weight's, and its shift like a bias.
  case normalization
}

extension QuantizationMode? {
  /// The registry: each mode is one file beside this, and one line here.
  var rules: any ModeRules {
    switch self {
    case nil: OnnxRuntimeMode(isNamed: false)
    case .onnxruntime: OnnxRuntimeMode(isNamed: true)
    case .tflite: TensorFlowLiteMode()
    case .torch: TorchMode()
    }
  }
}

extension LinearOptions.Integers {
  /// The integers of a width.
  ///
  /// - Parameter standard: whether the lowest signed one is left out unless said.
  func bounds(bits: Int, isSigned: Bool, leavesOutLowest: Bool) -> (lowest: Int, highest: Int) {
    let half = 1 << (bits - 1)
    switch (self, isSigned) {
    case (.reduced, true): return (-half / 2, half / 2)
    case (.reduced, false): return (0, half - 1)
    case (.narrow, true): return (1 - half, half - 1)
    case (.narrow, false): return (1, 2 * half - 1)
    case (.standard, true): return (leavesOutLowest ? 1 - half : -half, half - 1)
    case (.full, true): return (-half, half - 1)
    case (.standard, false), (.full, false): return (0, 2 * half - 1)
    }
  }
}
