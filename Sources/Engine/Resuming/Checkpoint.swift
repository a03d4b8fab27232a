import Tensor

/// A place between two steps of a plan at which a run can be taken up again.
struct Checkpoint: Sendable {
  /// The first step that then is to be run.
  let step: Int
  /// Of all that the values there are computed from, beside the plan's inputs, and of how they lie in memory.
  let key: ContentHash
  /// The parts of the workspace that hold values which are read from there on.
  let parts: [Part]
  /// What it costs to get here from the checkpoint before, in nanoseconds of one core, by a plain model.
  let cost: Double

  struct Part: Sendable {
    var slot: Int
    var byteCount: Int
  }

  var byteCount: Int { parts.reduce(0) { $0 + $1.byteCount } }
}

/// Finds the checkpoints of a plan: in front of each step with weights, where the least memory is to be kept.
///
/// A change of a layer's weights, of the rounding of its input, or of what follows leaves what comes before it as it
/// is; so a place in front of every layer is enough, moved forward over what only rounds.
struct Checkpoints {
  private let steps: [Lowering.PlannedStep]
  private let slots: [Lowering.Slot]
  private let lifetimes: [ClosedRange<Int>?]
  /// Bytes that are to be kept at each place.
  private let bytes: [Int]

  init(_ steps: [Lowering.PlannedStep], slots: [Lowering.Slot], kept: Set<Int>) {
    self.steps = steps
    self.slots = slots
    lifetimes = Arena.lifetimes(slots.count, steps: steps, kept: kept)
    var changes = [Int](repeating: 0, count: steps.count + 2)
    for (slot, lifetime) in zip(slots, lifetimes) {
      guard let lifetime, lifetime.lowerBound < lifetime.upperBound else { continue }
      changes[lifetime.lowerBound + 1] += slot.byteCount
      changes[lifetime.upperBound + 1] -= slot.byteCount
    }
    var sum = 0
    bytes = changes.map { change in
      sum += change
      return sum
    }
  }

  /// In the order of the steps.
  func found() -> [Checkpoint] {
    var result: [Checkpoint] = []
    var histories = [ContentHash?](repeating: nil, count: slots.count)
    var done = 0
    var (last, floor) = (0, 0)
    for index in steps.indices where index >= floor {
      guard let layer = steps[index].weighty else { continue }
      let place = smallest(floor...index)
      floor = steps[index...].firstIndex { $0.weighty != layer } ?? steps.count
      let cost = steps[last..<place].reduce(0) { $0 + $1.cost }
      guard place > 0, bytes[place] > 0, cost > Double(bytes[place]) * Self.nanosecondsPerByte else {
        continue
      }
      let parts = live(at: place)
      while done < place {
        for slot in steps[done].slots {
          histories[slot] = ContentHash(
            (histories[slot].map { [$0] } ?? []) + [steps[done].fingerprint ?? ContentHash([])])
        }
        done += 1
      }
      let key = ContentHash(
        parts.flatMap { part in [histories[part.slot], ContentHash("\(part.byteCount)")].compactMap { $0 } })
      result.append(Checkpoint(step: place, key: key, parts: parts, cost: cost))
      last = place
    }
    return result
  }

  /// Writing bytes and reading them back must cost clearly less than computing them.
  private static let nanosecondsPerByte = 0.5

  /// The place with the fewest bytes to keep, the foremost of several.
  private func smallest(_ places: ClosedRange<Int>) -> Int {
    var best = places.upperBound
    var fewest = Int.max
    for place in places.reversed() where bytes[place] <= fewest && bytes[place] > 0 {
      (best, fewest) = (place, bytes[place])
    }
    return best
  }

  /// What was written before a step and is read by it or later.
  private func live(at place: Int) -> [Checkpoint.Part] {
    slots.indices.compactMap { slot in
      guard let lifetime = lifetimes[slot], lifetime.lowerBound < place, lifetime.upperBound >= place else {
        return nil
      }
      return Checkpoint.Part(slot: slot, byteCount: slots[slot].byteCount)
    }
  }
}
