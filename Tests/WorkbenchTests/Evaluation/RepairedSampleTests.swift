import Compression
import Foundation
import Testing
import Workbench

/// Repairs on the sample, whose accuracy untouched is 92.03 %.
struct RepairedSampleTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test func repairsKeepMoreAccuracy() throws {
    let project = try Project(Self.root.appending(path: "SampleModels/lenet-fashion").path)
    let data = try project.loadData()
    let calibration = project.calibration(data)
    let compressor = Compressor(project.model)
    func accuracy(_ layers: [String], _ amount: Double, remove: Bool, _ repair: Repair) throws -> Double {
      let rules = layers.map {
        PruningRule(
          layers: [$0], unit: .channel(remove: remove), norm: 2, amount: .fraction(amount))
      }
      let graph = try compressor.apply(
        Recipe(pruning: rules, repair: repair), calibration: calibration
      ).graph
      return try Evaluator(graph, on: data.prefix(4000), threads: 2).run().score
    }
    for remove in [true, false] {
      let all = ["conv1", "conv2", "fc1"]
      let plain = try accuracy(all, 0.4, remove: remove, .none)
      let fitted = try accuracy(all, 0.4, remove: remove, Repair(leastSquares: true))
      #expect(fitted > plain + 0.05, "\(plain) to \(fitted)")
      let cut = try accuracy(["conv2"], 0.6, remove: remove, .none)
      let folded = try accuracy(["conv2"], 0.6, remove: remove, Repair(meanBias: true))
      #expect(folded > cut + 0.02, "\(cut) to \(folded)")
    }
  }
}
