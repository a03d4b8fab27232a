import Engine
import Graph
import Tensor
import Testing

/// Values that no honest model computes must end in an error, never in a trap or in more memory than there is.
@Suite struct HostileValuesTests {
  private static let types: [OperatorType] = [
    "CastLike", "Compress", "Concat", "ConstantOfShape", "DepthToSpace", "Dropout", "Einsum", "Expand",
    "EyeLike", "Flatten", "Gather", "GatherElements", "GatherND", "NonZero", "OneHot", "Pad", "Range",
    "Reshape", "Resize", "ReverseSequence", "Scatter", "ScatterElements", "ScatterND", "Shape", "Size",
    "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile", "TopK", "Transpose", "Trilu", "Unique", "Unsqueeze",
    "Upsample",
  ]
  /// Small, or so large that no output can have as many elements.
  private static let numbers = [0, 0, 1, 1, 2, 2, 3, -1, -2, -4, 1 << 40, 1 << 62, .max, .min, .min + 1]
  private static let reals: [Float] = [0, 1, 1, 2, 0.5, -1, 1e30, 1e-30, .infinity, .nan]

  @Test(arguments: types) func neverTraps(type: OperatorType) throws {
    var random = Generator(state: 88_172_645_463_325_252)
    var computed = 0
    for _ in 0..<4_000 {
      let inputs = (0..<random.next(5)).map { _ in random.tensor(Self.numbers, Self.reals) }
      let node = Node(
        name: "probe", type: type, inputs: inputs.indices.map { inputs[$0] == nil ? "" : "i\($0)" },
        outputs: (0..<(1 + random.next(3))).map { "o\($0)" }, attributes: attributes(&random))
      let graph = Graph(opsets: ["": random.pick([7, 9, 10, 11, 13, 18, 19])])
      guard let op = try? OperatorRegistry.resolve(node, in: graph) as? any Evaluable else { continue }
      if let outputs = try? op.evaluate(inputs, at: node) {
        computed += 1
        // What is inferred is what comes out.
        let facts = try op.infer(inputs.map { $0.map { Facts($0) } })
        for (output, facts) in zip(outputs, facts) {
          #expect(facts.sizes == output.shape.dims && facts.dtype == output.dtype)
        }
      }
    }
    #expect(computed > 0)
  }

  private func attributes(_ random: inout Generator) -> [String: Attribute] {
    var attributes: [String: Attribute] = [:]
    for name in [
      "axis", "k", "batch_dims", "dtype", "batch_axis", "time_axis", "largest", "sorted", "upper",
      "allowzero",
    ] where random.next(4) == 0 {
      attributes[name] = .int(random.pick(Self.numbers))
    }
    attributes["blocksize"] = .int(random.pick([1, 2, 1 << 30]))
    for name in ["axes", "starts", "ends", "split", "pads", "perm"] where random.next(3) > 0 {
      attributes[name] = .ints((0..<random.next(4)).map { _ in random.pick(Self.numbers) })
    }
    attributes["scales"] = .floats((0..<random.next(4)).map { _ in random.pick(Self.reals) })
    attributes["mode"] = random.pick([
      nil, .string("reflect"), .string("wrap"), .string("edge"), .string("CRD"), .string("linear"),
      .string("cubic"),
    ])
    attributes["equation"] = .string(random.pick(["ij,jk->ik", "...i,i...->...", "ii", "i->", "...", ","]))
    attributes["reduction"] = random.pick([nil, nil, .string("add"), .string("max")])
    attributes["coordinate_transformation_mode"] = random.pick([nil, .string("tf_crop_and_resize")])
    attributes["antialias"] = .int(random.next(2))
    return attributes
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

    mutating func tensor(_ numbers: [Int], _ reals: [Float]) -> Tensor? {
      let shape = Shape((0..<next(5)).map { _ in pick([1, 2, 2, 3, 4, 0]) })
      switch next(8) {
      case 0: return nil
      case 1: return Tensor(scalar: Int64(pick(numbers)))
      case 2: return Tensor((0..<next(4)).map { _ in Int64(pick(numbers)) })
      case 3: return Tensor((0..<shape.count).map { _ in Int64(next(4) - 2) }, shape: shape)
      case 4: return Tensor((0..<next(5)).map { _ in pick(reals) })
      case 5: return Tensor((0..<shape.count).map { _ in next(2) == 0 }, shape: shape)
      case 6:
        return Tensor(
          wrapping: (0..<shape.count).map { _ in next(16) }, as: pick([.int4, .uint8]), shape: shape)
      default: return Tensor((0..<shape.count).map { _ in pick(reals) }, shape: shape)
      }
    }
  }
}
