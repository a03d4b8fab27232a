import Compression
import Formats
import Foundation
import Graph
import Tensor
import Testing

/// The example that the project began with, on the sample model, against torch.
@Suite struct SeedExampleTests {
  struct Input: Decodable { var shape: [Int] }

  struct Expected: Decodable {
    var nonzero: Int
    var mask: String?
    var rowsKept: [Int]?
  }

  @Test func masksAreTorchs() throws {
    let model = try Fixtures.lenet()
    let recipe = try Recipe(json: Fixtures.recipeJSON("seed"))
    let result = try Compressor(model).apply(recipe)
    for example in try Vectors.read("seed_example", Input.self, Expected.self) {
      let layer = try #require(model.layer(example.name))
      #expect(layer.shape.dims == example.input.shape)
      let before = try #require(model.graph.constants[layer.weight]).floats
      let after = try #require(result.graph.constants[layer.weight]).floats
      #expect(after.count { $0 != 0 } == example.expected.nonzero)
      let kept: [Bool]
      if let rows = example.expected.rowsKept {
        let length = layer.shape[1]
        kept = before.indices.map { rows.contains($0 / length) }
      } else {
        let bytes = Array(try #require(example.expected.mask))
        kept = try before.indices.map { index in
          let digit = try #require(bytes[index / 4].hexDigitValue)
          return digit >> (3 - index % 4) & 1 == 1
        }
      }
      #expect(zip(before, kept).map { $1 ? $0 : 0 } == after)
      // A weight that went is +0.
      #expect(after.allSatisfy { $0 != 0 || $0.sign == .plus })
    }
  }

  @Test func countsAreTheModels() throws {
    let compressor = Compressor(try Fixtures.lenet())
    #expect(compressor.baseline.parameters == 431_080)
    #expect(compressor.baseline.sizeBytes == 431_080 * 4)
    #expect(compressor.baseline.macs == 20 * 24 * 24 * 25 + 50 * 8 * 8 * 500 + 800 * 500 + 5000)
    #expect(compressor.baseline.effectiveMacs == compressor.baseline.macs)
    // The Relu behind the first convolution reads and writes 20·24·24.
    #expect(compressor.baseline.peakActivationBytes == 2 * 20 * 24 * 24 * 4)
    #expect(compressor.baseline.isComplete)
  }
}
