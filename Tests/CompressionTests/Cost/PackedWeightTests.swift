import Compression
import Graph
import Tensor
import Testing

/// Weights of 4 bits that lie two by two in bytes, as ONNX Runtime's MatMulNBits has them.
@Suite struct PackedWeightTests {
  /// 3 outputs, 20 inputs: 2 blocks of 16, of which the second has 12 that are none.
  private func model(zeroPoints: Tensor?) throws -> Model {
    let type = OperatorType("MatMulNBits", domain: "com.microsoft")
    var constants = [
      "w": Tensor(wrapping: (0..<48).map { $0 == 0 ? 0x88 : 0x19 }, as: .uint8, shape: [3, 2, 8]),
      "s": Tensor([Float](repeating: 0.5, count: 6), shape: [6]),
    ]
    constants["z"] = zeroPoints
    return try Model(
      Graph(
        inputs: [ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 20])],
        outputs: [ValueInfo(name: "y", dtype: .float32, dims: nil)],
        nodes: [
          Node(
            name: "fc", type: type, inputs: ["x", "w", "s"] + (zeroPoints == nil ? [] : ["z"]),
            outputs: ["y"],
            attributes: ["K": .int(20), "N": .int(3), "block_size": .int(16), "bits": .int(4)])
        ],
        constants: constants, opsets: ["": 17, type.domain: 1]))
  }

  @Test func countsWeightsAndNotBytes() throws {
    let model = try model(zeroPoints: nil)
    #expect(model.layers.map(\.parameters) == [60])
    let cost = Cost.count(model)
    #expect(cost.parameters == 60 && cost.nonzeroParameters == 58)
    #expect(cost.sizeBytes == 48 + 4 * 6)
    let layer = try #require(cost.layers.first)
    #expect(layer.weights == 60 && layer.nonzeroWeights == 58 && layer.weightBits == 4)
    #expect(layer.sizeBytes == cost.sizeBytes && layer.macs == 60)
  }

  @Test func zeroIsWhatTheZeroPointSays() throws {
    // Every second weight of the first output is 1, as are its zero points.
    let zeroPoints = Tensor(wrapping: [0x11, 0x88, 0x88], as: .uint8, shape: [3])
    let cost = Cost.count(try model(zeroPoints: zeroPoints))
    #expect(cost.parameters == 60 && cost.nonzeroParameters == 60 - 9)
    #expect(cost.sizeBytes == 48 + 4 * 6 + 3)
  }
}
