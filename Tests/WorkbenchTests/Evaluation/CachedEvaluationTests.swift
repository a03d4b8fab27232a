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

  /// A budget is never exceeded, however little it is, and what does not fit costs no prediction.
  @Test(arguments: [0, 1 << 21, 1 << 25])
  func keepsWithinItsBudget(budget: Int) throws {
    let project = try Project("SampleModels/gru-motion")
    let compressor = Compressor(project.model, threads: 2)
    let data = try project.loadData().prefix(200)
    let cache = ActivationCache(budget: budget)
    var moves = RandomMoves(layers: project.model.layers, seed: 2, quantizesActivations: false) {
      (try? compressor.estimate($0)) != nil
    }
    for _ in 0..<10 {
      let graph = try compressor.apply(moves.next().recipe).graph
      let macs = compressor.baseline.macs
      let cached = try Evaluator(graph, on: data, threads: 2, macs: macs, cache: cache, keepsAll: true)
      let fresh = try Evaluator(graph, on: data, threads: 2, macs: macs)
      #expect(try cached.run().correct == fresh.run().correct)
      #expect(cached.predictions == fresh.predictions)
      #expect(cache.byteCount <= budget)
    }
    #expect(budget < 1 << 25 || cache.byteCount > 0)
  }

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
