import Compression
import Foundation
import Testing
import Workbench

/// Every recipe of every bundle in the repository, whichever there are.
@Suite struct SampleRecipesTests {
  private static let samples = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "SampleModels").path

  /// Paths of the bundles, sorted.
  static let bundles = entries(of: samples).filter {
    FileManager.default.fileExists(atPath: "\($0)/pare.json")
  }

  /// Sorted; none where there is no such directory.
  private static func entries(of directory: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.sorted().map { "\(directory)/\($0)" }
  }

  @Test func thereAreSome() { #expect(Self.bundles.count >= 4, "\(Self.bundles)") }

  @Test(arguments: bundles) func theirRecipesSayWhatTheyDo(_ bundle: String) throws {
    let recipes = Self.entries(of: bundle + "/recipes")
    #expect(recipes.count >= 2)
    let project = try Project(bundle)
    // Fewer samples than they ask for: size and MACs need no more, however they are come by.
    let calibration = project.calibration(try project.loadData().prefix(32))
    let compressor = Compressor(project.model)
    for path in recipes {
      let recipe = try Recipe(json: Data(contentsOf: URL(filePath: path)))
      #expect(recipe != .empty, "\(path)")
      let estimate = try compressor.estimate(recipe, calibration: calibration)
      let graph = try compressor.apply(recipe, calibration: calibration).graph
      #expect(try estimate == Cost.count(graph), "\(path)")
      #expect(estimate != compressor.baseline, "\(path)")
      // Read again from what it writes, it is the same.
      #expect(try Recipe(json: recipe.json()) == recipe, "\(path)")
    }
  }
}
