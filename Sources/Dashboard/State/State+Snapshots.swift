import Compression
import Terminal
import Workbench

/// Keeping settings under a name, comparing with them, and going back to them.
extension State {
  mutating func saveSnapshot() -> [Effect] {
    guard costFailure == nil else {
      message = .failure("these settings cannot be carried out, so there is nothing to keep")
      return []
    }
    let numbers = snapshots.compactMap { $0.snapshot.name.split(separator: " ").last.flatMap { Int($0) } }
    let name = "snapshot \((numbers.max() ?? 0) + 1)"
    let snapshot = Snapshot(
      name: name, recipe: recipe, evaluation: measurement.isStale ? nil : measurement.evaluation)
    snapshots.append(ListedSnapshot(snapshot, cost: cost))
    message = .success("Saved as \(name). S lists them, m compares with the latest.")
    return [.saveSnapshot(snapshot)]
  }

  /// Once a snapshot's settings have an exact number, it is the snapshot's too.
  mutating func completeSnapshots(with evaluation: Evaluation) -> [Effect] {
    var effects: [Effect] = []
    for index in snapshots.indices
    where snapshots[index].snapshot.recipe == recipe && snapshots[index].snapshot.evaluation != evaluation {
      snapshots[index].snapshot.evaluation = evaluation
      effects.append(.saveSnapshot(snapshots[index].snapshot))
    }
    return effects
  }

  mutating func toggleComparison() {
    if marked != nil {
      marked = nil
      message = .note("Compared with the original again.")
    } else if let last = snapshots.last {
      marked = last.snapshot.name
      message = .note("Compared with \(last.snapshot.name). m goes back to the original.")
    } else {
      message = .note("There is no snapshot to compare with yet; s saves one.")
    }
  }

  mutating func take(_ key: Key, in list: SnapshotList) -> [Effect] {
    var list = list
    if list.renaming != nil { return rename(key, in: list) }
    defer {
      if case .snapshots = overlay { overlay = .snapshots(list) }
    }
    guard snapshots.indices.contains(list.selected) else {
      overlay = nil
      return []
    }
    let snapshot = snapshots[list.selected].snapshot
    switch key.code {
    case .up, .character("k"): list.selected -= 1
    case .down, .character("j"): list.selected += 1
    case .pageUp: list.selected -= 8
    case .pageDown: list.selected += 8
    case .home: list.selected = 0
    case .end: list.selected = snapshots.count - 1
    case .enter:
      overlay = nil
      message = .success("Back at \(snapshot.name); u undoes.")
      return adopt(snapshot.recipe, label: snapshot.name)
    case .character("m"): marked = marked == snapshot.name ? nil : snapshot.name
    case .character("n"): list.renaming = TextField(snapshot.name, limit: 60)
    case .character("d"), .delete:
      snapshots.remove(at: list.selected)
      if marked == snapshot.name { marked = nil }
      if snapshots.isEmpty { overlay = nil }
      list.selected = min(list.selected, snapshots.count - 1)
      return [.removeSnapshot(snapshot.name)]
    case .escape, .character("q"), .character("S"): overlay = nil
    default: break
    }
    list.selected = min(max(list.selected, 0), max(0, snapshots.count - 1))
    let visible = SnapshotsOverlay.visibleRows(snapshots.count, in: size)
    list.offset = Table.offset(list.offset, showing: list.selected, of: snapshots.count, visible: visible)
    return []
  }

  private mutating func rename(_ key: Key, in list: SnapshotList) -> [Effect] {
    var list = list
    defer { overlay = .snapshots(list) }
    switch key.code {
    case .escape: list.renaming = nil
    case .enter:
      let name = (list.renaming?.text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let old = snapshots[list.selected].snapshot.name
      let isTaken = snapshots.contains { $0.snapshot.name == name && name != old }
      guard !name.isEmpty, !isTaken else {
        message = .failure(isTaken ? "there is a \(name) already" : "a snapshot needs a name")
        return []
      }
      list.renaming = nil
      guard name != old else { return [] }
      snapshots[list.selected].snapshot.name = name
      if marked == old { marked = name }
      return [.removeSnapshot(old), .saveSnapshot(snapshots[list.selected].snapshot)]
    default: _ = list.renaming?.handle(key)
    }
    return []
  }
}
