import Compression
import Engine
import Foundation
import Graph
import Tensor
import Testing
import Workbench

/// What is kept between evaluations never changes what they find.
struct CachedEvaluationTests {
  static let bundles = try! FileManager.default.contentsOfDirectory(atPath: "SampleModels").sorted()

  /// Random sessions on every sample: each prediction, and the loss to its last bit.
  @Test(arguments: bundles)
  func agreesWithAFreshOne(bundle: String) throws {
    let project = try Project("SampleModels/\(bundle)")
    let compressor = Compressor(project.model, threads: 2)
    let data = try project.loadData().prefix(150)
    let calibration = project.calibration(data)
    let cache = ActivationCache(budget: 1 << 30)
    var moves = RandomMoves(layers: project.model.layers, seed: 11) {
      (try? compressor.estimate($0, calibration: calibration)) != nil
    }
    for _ in 0..<8 {
      let recipe = moves.next().recipe
      let graph = try compressor.apply(recipe, calibration: calibration).graph
      let macs = compressor.baseline.macs
      let cached = try Evaluator(graph, on: data, threads: 2, macs: macs, cache: cache, keepsAll: true)
      let fresh = try Evaluator(graph, on: data, threads: 2, macs: macs)
      let (result, expected) = (try cached.run(), try fresh.run())
      #expect(cached.predictions == fresh.predictions)
      #expect(result.loss.bitPattern == expected.loss.bitPattern)
      #expect(result.correct == expected.correct)
    }
    #expect(cache.byteCount > 0)
    #expect(cache.hits > 0)
  }
}
