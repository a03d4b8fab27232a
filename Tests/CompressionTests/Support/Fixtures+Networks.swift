import Graph
import Tensor

extension Fixtures {
  /// The sample's layers, all narrower.
  static func narrowLenet() throws -> Model {
    var random = SplitMix(seed: 4)
    var builder = GraphBuilder()
    func layer(_ name: String, _ shape: Shape) {
      builder.constants[name + ".weight"] = random.normal(shape)
      builder.constants[name + ".bias"] = random.normal([shape[0]])
    }
    layer("conv1", [4, 1, 5, 5])
    layer("conv2", [8, 4, 5, 5])
    layer("fc1", [32, 128])
    layer("fc2", [10, 32])
    var last = "x"
    for name in ["conv1", "conv2"] {
      builder.add("Conv", [last, name + ".weight", name + ".bias"], name)
      builder.add("Relu", [name], name + ".relu")
      let window: [String: Attribute] = ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])]
      builder.add("MaxPool", [name + ".relu"], name + ".pool", window)
      last = name + ".pool"
    }
    builder.add("Flatten", [last], "flat")
    builder.add("Gemm", ["flat", "fc1.weight", "fc1.bias"], "fc1", ["transB": .int(1)])
    builder.add("Relu", ["fc1"], "relu")
    builder.add("Gemm", ["relu", "fc2.weight", "fc2.bias"], "y", ["transB": .int(1)])
    return try builder.model("narrow lenet", input: [1, 28, 28])
  }

  /// Two branches in a Concat, whose parts meet a third layer in a sum.
  static func concatenated() throws -> Model {
    var random = SplitMix(seed: 5)
    var builder = GraphBuilder()
    builder.constants = [
      "a.weight": random.normal([4, 3, 1, 1]), "b.weight": random.normal([6, 3, 1, 1]),
      "c.weight": random.normal([10, 3, 1, 1]), "d.weight": random.normal([5, 10, 1, 1]),
    ]
    for name in ["a", "b", "c"] { builder.add("Conv", ["x", name + ".weight"], name) }
    builder.add("Concat", ["a", "b"], "both", ["axis": .int(1)])
    builder.add("Add", ["both", "c"], "sum")
    builder.add("Relu", ["sum"], "relu")
    builder.add("Conv", ["relu", "d.weight"], "d")
    builder.add("GlobalAveragePool", ["d"], "y")
    return try builder.model("concat", input: [3, 4, 4])
  }

  /// A block of a transformer, `[N, 5, 12]` to the same: attention of three heads and a dense layer, each beside what
  /// it is added to, all with biases.
  ///
  /// - Parameter isCausal: whether tokens see none that come later, and normalisation comes first, as in GPT.
  static func transformer(isCausal: Bool) throws -> Model {
    var random = SplitMix(seed: 11)
    var builder = GraphBuilder()
    let (tokens, width, heads, size) = (5, 12, 3, 4)
    builder.constants = [
      "heads": Tensor([0, tokens, heads, size].map { Int64($0) }),
      "merged": Tensor([0, 0, width].map { Int64($0) }), "root": Tensor(scalar: Float(2)),
      "mask": Tensor((0..<25).map { $0 % 5 > $0 / 5 ? Float(-1e9) : 0 }, shape: [5, 5]),
    ]
    func dense(_ x: String, _ name: String, _ inputs: Int, _ outputs: Int) {
      builder.constants[name + ".weight"] = random.normal([inputs, outputs])
      builder.constants[name + ".bias"] = random.normal([outputs])
      builder.add("MatMul", [x, name + ".weight"], name + ".product")
      builder.add("Add", [name + ".product", name + ".bias"], name)
    }
    func norm(_ x: String, _ name: String) {
      builder.constants[name + ".weight"] = random.normal([width])
      builder.constants[name + ".bias"] = random.normal([width])
      builder.add("LayerNormalization", [x, name + ".weight", name + ".bias"], name)
    }
    if isCausal { norm("x", "norm1") }
    for name in ["q", "k", "v"] {
      dense(isCausal ? "norm1" : "x", name, width, width)
      builder.add("Reshape", [name, "heads"], name + ".split")
      let order = name == "k" ? [0, 2, 3, 1] : [0, 2, 1, 3]
      builder.add("Transpose", [name + ".split"], name + ".heads", ["perm": .ints(order)])
    }
    builder.add("MatMul", ["q.heads", "k.heads"], "scores")
    builder.add("Div", ["scores", "root"], "scaled")
    if isCausal { builder.add("Add", ["scaled", "mask"], "masked") }
    builder.add("Softmax", [isCausal ? "masked" : "scaled"], "shares", ["axis": .int(-1)])
    builder.add("MatMul", ["shares", "v.heads"], "mixed")
    builder.add("Transpose", ["mixed"], "back", ["perm": .ints([0, 2, 1, 3])])
    builder.add("Reshape", ["back", "merged"], "flat")
    dense("flat", "out", width, width)
    builder.add("Add", ["out", "x"], "first")
    if !isCausal { norm("first", "norm1") }
    dense(isCausal ? "first" : "norm1", "up", width, 20)
    builder.add("Relu", ["up"], "relu")
    dense("relu", "down", 20, width)
    builder.add("Add", ["down", isCausal ? "first" : "norm1"], "y")
    return try builder.model(isCausal ? "gpt" : "bert", input: [tokens, width])
  }

  /// How the outputs of one dense layer become queries, keys and values.
  enum Fusing: CaseIterable {
    /// A Split whose sizes an input gives, one whose attribute does, one into equal parts, and Slices.
    case input, attribute, equal, slices
    /// Equal parts, and what they are reshaped to is put together from sizes that are computed and written down.
    case computed
  }

  /// A block of GPT as it is exported, `[N, 5, 12]` to the same: one dense layer gives queries, keys and values of
  /// three heads, which are split, and each token sees those before it alone.
  static func fusedAttention(_ fusing: Fusing) throws -> Model {
    var random = SplitMix(seed: 12)
    var builder = GraphBuilder()
    let (tokens, width) = (5, 12)
    builder.constants = [
      "rows": Tensor([-1, width].map { Int64($0) }), "tokens": Tensor([-1, tokens, 36].map { Int64($0) }),
      "heads": Tensor([0, tokens, 3, 4].map { Int64($0) }), "root": Tensor(scalar: Float(2)),
      "merged": Tensor([-1, width].map { Int64($0) }),
      "whole": Tensor([-1, tokens, width].map { Int64($0) }),
      "mask": Tensor((0..<25).map { $0 % 5 > $0 / 5 ? Float(-1e9) : 0 }, shape: [5, 5]),
      "sizes": Tensor([12, 12, 12] as [Int64]), "axis": Tensor([2] as [Int64]),
      "qkv.weight": random.normal([width, 36]), "qkv.bias": random.normal([36]),
      "out.weight": random.normal([width, width]), "out.bias": random.normal([width]),
    ]
    builder.add("Reshape", ["x", "rows"], "flat")
    builder.add("Gemm", ["flat", "qkv.weight", "qkv.bias"], "qkv")
    builder.add("Reshape", ["qkv", "tokens"], "fused")
    let parts = ["q", "k", "v"]
    switch fusing {
    case .input: builder.add("Split", ["fused", "sizes"], parts, ["axis": .int(2)])
    case .attribute:
      builder.add("Split", ["fused"], parts, ["axis": .int(-1), "split": .ints([12, 12, 12])])
    case .equal, .computed: builder.add("Split", ["fused"], parts, ["axis": .int(2)])
    case .slices:
      for (index, name) in parts.enumerated() {
        builder.constants[name + ".start"] = Tensor([Int64(12 * index)])
        builder.constants[name + ".end"] = Tensor([index == 2 ? .max : Int64(12 * index + 12)])
        builder.add("Slice", ["fused", name + ".start", name + ".end", "axis"], name)
      }
    }
    var merged = "merged"
    if fusing == .computed {
      builder.constants["first"] = Tensor([0] as [Int64])
      builder.constants["any"] = Tensor([-1] as [Int64])
      builder.constants["count"] = Tensor([Int64(tokens), 3])
      builder.constants["head"] = Tensor([4] as [Int64])
      builder.constants["width"] = Tensor([Int64(width)])
      builder.add("Shape", ["x"], "x.sizes")
      builder.add("Gather", ["x.sizes", "first"], "batch")
      builder.add("Concat", ["batch", "count", "head"], "heads.computed", ["axis": .int(0)])
      builder.add("Concat", ["any", "width"], "merged.computed", ["axis": .int(0)])
      merged = "merged.computed"
    }
    for name in parts {
      builder.add("Reshape", [name, fusing == .computed ? "heads.computed" : "heads"], name + ".split")
      let order = name == "k" ? [0, 2, 3, 1] : [0, 2, 1, 3]
      builder.add("Transpose", [name + ".split"], name + ".heads", ["perm": .ints(order)])
    }
    builder.add("MatMul", ["q.heads", "k.heads"], "scores")
    builder.add("Div", ["scores", "root"], "scaled")
    builder.add("Add", ["scaled", "mask"], "masked")
    builder.add("Softmax", ["masked"], "shares", ["axis": .int(-1)])
    builder.add("MatMul", ["shares", "v.heads"], "mixed")
    builder.add("Transpose", ["mixed"], "back", ["perm": .ints([0, 2, 1, 3])])
    builder.add("Reshape", ["back", merged], "joined")
    builder.add("Gemm", ["joined", "out.weight", "out.bias"], "out")
    builder.add("Reshape", ["out", "whole"], "y")
    return try builder.model("gpt", input: [tokens, width], opset: fusing == .attribute ? 12 : 17)
  }

  /// A dense layer whose outputs become the channels and rows of a convolution: `[N, 5]` to `[N, 6, 1, 1]`.
  static func split() throws -> Model {
    var random = SplitMix(seed: 9)
    var builder = GraphBuilder()
    builder.constants = [
      "fc.weight": random.normal([5, 4 * 9]), "c.weight": random.normal([6, 4, 1, 1]),
      "shape": Tensor([-1, 4, 3, 3] as [Int64]),
    ]
    builder.add("MatMul", ["x", "fc.weight"], "fc")
    builder.add("Reshape", ["fc", "shape"], "map")
    builder.add("Conv", ["map", "c.weight"], "c")
    builder.add("GlobalAveragePool", ["c"], "y")
    return try builder.model("split", input: [5])
  }
}
