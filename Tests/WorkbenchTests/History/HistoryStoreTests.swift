import Compression
import Foundation
import Tensor
import Testing
import Workbench

struct HistoryStoreTests {
  private let model = ContentHash("model")
  private let bundle: TinyBundle

  init() throws { bundle = try TinyBundle() }

  private func store() throws -> HistoryStore { try HistoryStore(path: bundle.historyPath) }

  @Test func findsItsPlace() {
    #expect(HistoryStore.defaultPath(["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/pare/history.sqlite")
    let standard = "/h/.local/state/pare/history.sqlite"
    #expect(HistoryStore.defaultPath(["HOME": "/h"]) == standard)
    #expect(HistoryStore.defaultPath(["XDG_STATE_HOME": "relative", "HOME": "/h"]) == standard)
  }

  @Test func keepsEveryTrail() throws {
    var trail = Trail()
    var stored = try store().save(trail, over: nil, model: model)
    let steps: [(inout Trail) -> Void] = [
      { $0.move(to: .pruning(0.1)) }, { $0.move(to: .pruning(0.2)) }, { $0.amend(to: .pruning(0.25)) },
      { $0.undo() }, { $0.undo() }, { $0.redo() }, { $0.move(to: .pruning(0.3)) }, { $0.undo() },
    ]
    for step in steps {
      step(&trail)
      stored = try store().save(trail, over: stored, model: model)
      let found = try store().latestTrail(model: model)
      #expect(found == stored)
      #expect(found?.trail == trail)
    }
    #expect(try store().latestTrail(model: ContentHash("another")) == nil)
  }

  @Test func forgetsTheOldestMoves() throws {
    let store = try store()
    var trail = Trail()
    for step in 1..<Trail.limit { trail.move(to: .pruning(Double(step) / 1e4)) }
    var stored = try store.save(trail, over: nil, model: model)
    for step in 0..<3 {
      trail.move(to: .pruning(0.5 + Double(step) / 10))
      stored = try store.save(trail, over: stored, model: model)
    }
    trail.undo()
    _ = try store.save(trail, over: stored, model: model)
    #expect(try store.latestTrail(model: model)?.trail == trail)
  }

  @Test func twoProcessesDoNotOverwriteEachOther() throws {
    let (one, other) = (try store(), try store())
    var trail = Trail()
    trail.move(to: .pruning(0.1))
    let shared = try one.save(trail, over: nil, model: model)
    var (mine, yours) = (trail, trail)
    mine.move(to: .pruning(0.2))
    yours.move(to: .pruning(0.3))
    let saved = try one.save(mine, over: shared, model: model)
    let forked = try other.save(yours, over: shared, model: model)
    #expect(saved != forked)
    #expect(try one.latestTrail(model: model)?.trail == yours)
    mine.undo()
    _ = try one.save(mine, over: saved, model: model)
    #expect(try other.latestTrail(model: model)?.trail == mine)
  }

  @Test func keepsSnapshots() throws {
    let evaluation = Evaluation(samples: 10, total: 10, correct: 9, loss: 0.25, seconds: 1.5)
    let snapshot = Snapshot(name: "small", recipe: .pruning(0.5), evaluation: evaluation)
    try store().save(snapshot, model: model)
    try store().save(Snapshot(name: "other", recipe: .empty), model: model)
    #expect(try store().snapshots(model: model).first == snapshot)
    try store().save(Snapshot(name: "small", recipe: .pruning(0.6)), model: model)
    #expect(try store().snapshots(model: model).map(\.recipe) == [.pruning(0.6), .empty])
    try store().removeSnapshot(named: "small", model: model)
    #expect(try store().snapshots(model: model).map(\.name) == ["other"])
  }

  @Test func keepsResults() throws {
    let key = ResultKey(model: model, data: ContentHash("data"), recipe: .pruning(0.5))
    let evaluation = Evaluation(samples: 10, total: 10, correct: 9, loss: 0.25, seconds: 1.5)
    #expect(try store().result(key) == nil)
    try store().save(evaluation, for: key)
    #expect(try store().result(key) == evaluation)
    let other = ResultKey(model: model, data: ContentHash("data"), recipe: .pruning(0.6))
    #expect(try store().result(other) == nil)
    try store().save(Evaluation(samples: 1, total: 1, correct: 0, loss: .nan, seconds: 0), for: other)
    #expect(try store().result(other)?.loss.isNaN == true)
  }

  @Test func leavesANewerFileAlone() throws {
    _ = try store()
    // The user version is a big-endian number at offset 60 of the file (sqlite.org/fileformat2.html).
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: bundle.historyPath))
    try file.seek(toOffset: 60)
    try file.write(contentsOf: Data([0, 0, 0x27, 0x0f]))
    try file.close()
    #expect(throws: HistoryError.newer(path: bundle.historyPath, version: 9999)) { try store() }
  }

  @Test func manyMayOpenAndWriteAtOnce() async throws {
    let path = bundle.historyPath
    let model = model
    try await withThrowingTaskGroup { group in
      for writer in 0..<6 {
        group.addTask {
          let store = try HistoryStore(path: path)
          for step in 0..<20 {
            let recipe = Recipe.pruning(Double(writer * 20 + step) / 1000)
            try store.save(Snapshot(name: "\(writer) \(step)", recipe: recipe), model: model)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try store().snapshots(model: model).count == 120)
  }

  /// A writer that is killed in the midst of its work leaves a file that is whole, and all that it had finished.
  @Test func survivesAKilledWriter() async throws {
    let path = bundle.historyPath
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let store = try HistoryStore(path: path)
      let model = ContentHash("model")
      var trail = Trail()
      var stored = try store.save(trail, over: nil, model: model)
      let killer = Thread {
        usleep(60_000)
        kill(getpid(), SIGKILL)
      }
      killer.start()
      for step in 1...1_000_000 {
        trail.move(to: Recipe(pruning: [PruningRule(layers: ["fc1"], amount: .count(step + 1))]))
        stored = try store.save(trail, over: stored, model: model)
      }
    }
    let found = try #require(try store().latestTrail(model: model)).trail
    #expect(found.recipes.count > 2)
    #expect(found.position == found.recipes.count - 1)
    var trail = found
    trail.move(to: .empty)
    let stored = try #require(try store().latestTrail(model: model))
    #expect(try store().save(trail, over: stored, model: model).trail == trail)
  }
}
