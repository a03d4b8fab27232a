import Compression
import Formats
import Foundation
import Synchronization
import Tensor
import Testing
import Workbench

struct HistoryTests {
  private let model = ContentHash("model")
  private let bundle: TinyBundle

  init() throws { bundle = try TinyBundle() }

  @Test func comesBackWhereItWas() {
    var trail = Trail()
    let first = History(path: bundle.historyPath, model: model) { Issue.record("\($0)") }
    #expect(first.resume() == nil)
    for step in 1...5 {
      trail.move(to: .pruning(Double(step) / 10))
      first.record(trail)
    }
    trail.undo()
    first.record(trail)
    first.save(Snapshot(name: "a", recipe: .pruning(0.2)))
    first.flush()
    let second = History(path: bundle.historyPath, model: model) { Issue.record("\($0)") }
    #expect(second.resume() == trail)
    #expect(second.snapshots().map(\.name) == ["a"])
  }

  @Test func goesOnWithoutAFileAndSaysSoOnce() throws {
    let path = bundle.directory + "/corrupt.sqlite"
    try AtomicFile.write("This is no database, however long it is. ".repeated(200), to: path)
    let said = Mutex<[String]>([])
    let history = History(path: path, model: model) { sentence in said.withLock { $0.append(sentence) } }
    #expect(history.resume() == nil)
    history.record(Trail(.pruning(0.5)))
    history.save(Snapshot(name: "a", recipe: .empty))
    #expect(history.snapshots().isEmpty)
    history.flush()
    #expect(said.withLock { $0.count } == 1)
    #expect(said.withLock { $0[0] }.contains(path))
  }

  @Test func saysWhereADirectoryCannotBeMade() {
    let said = Mutex<[String]>([])
    let path = bundle.modelPath + "/pare/history.sqlite"
    _ = History(path: path, model: model) { sentence in said.withLock { $0.append(sentence) } }
    #expect(said.withLock { $0.count } == 1)
    #expect(said.withLock { $0[0] }.contains("tiny.onnx"))
  }

  @Test func needsNoFile() {
    let history = History(path: nil, model: model) { Issue.record("\($0)") }
    history.record(Trail())
    #expect(history.resume() == nil)
  }
}

extension String {
  fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
