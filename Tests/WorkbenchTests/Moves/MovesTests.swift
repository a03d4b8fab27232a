import Compression
import Foundation
import Testing
import Workbench

struct MovesTests {
  @Test func theSameSeedMakesTheSameMoves() throws {
    let layers = try Project("SampleModels/lenet-fashion").model.layers
    func moves(_ seed: UInt64) -> [Recipe] {
      var random = RandomMoves(layers: layers, seed: seed) { _ in true }
      return (0..<50).map { _ in random.next().recipe }
    }
    #expect(moves(3) == moves(3))
    #expect(moves(3) != moves(4))
    #expect(Set(moves(3)).count > 20)
    // Each is another than the one before.
    #expect(zip(moves(3), moves(3).dropFirst()).allSatisfy { $0 != $1 })
  }

  @Test func aRecordedMoveIsReadAsItWasWritten() throws {
    let recipe = Recipe(pruning: [PruningRule(layers: ["fc1"], amount: .fraction(0.37))])
    let move = try #require(RecordedMove(line: RecordedMove(recipe, pause: 1.25).line))
    #expect(move.pause == 1.25)
    #expect(try Recipe(json: move.recipe) == recipe)
    #expect(RecordedMove(line: Data(recipe.json(pretty: false).utf8)) == nil)
    #expect(RecordedMove(line: Data("{\"recipe\": {}, \"pause\": \"soon\"}".utf8)) == nil)
  }

  @Test func aRecordIsALineAMove() throws {
    let path = FileManager.default.temporaryDirectory.path + "/pare-record-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let recorder = try SessionRecorder(path: path)
    #expect(recorder.add(.empty) == nil)
    #expect(recorder.add(Recipe(equalize: true)) == nil)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let recipes = try lines.map { try Recipe(json: #require(RecordedMove(line: Data($0.utf8))).recipe) }
    #expect(recipes == [.empty, Recipe(equalize: true)])
    #expect(throws: (any Error).self) { try SessionRecorder(path: "/nonexistent/moves.jsonl") }
  }

  @Test(arguments: [
    ("0", 0), ("512M", 512 << 20), ("2G", 2 << 30), ("1.5k", 1536), ("7", 7), ("2GB", 2 << 30),
  ])
  func sizesAreRead(text: String, bytes: Int) { #expect(CacheBudget.bytes(text) == bytes) }

  @Test(arguments: ["", "G", "-1", "2X", "1e400", "lots"])
  func noSizesAreNone(text: String) { #expect(CacheBudget.bytes(text) == nil) }
}
