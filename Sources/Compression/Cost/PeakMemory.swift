import Graph
import Tensor

/// Which values live when, and so how much memory activations need at most.
///
/// Every value has memory of its own from the node that writes it to the last node that reads it; inputs
/// live from the start, outputs to the end. What is the same in every run is no activation, and what a quantize
/// pair writes is counted as the tensor that it rounds.
struct PeakMemory: Sendable {
  private struct Life {
    var value: String
    var birth: Int
    var death: Int
  }

  /// More elements than this, of all values together, are counted as not known.
  private static let largestCount = 1 << 58

  private let lives: [Life]
  private let steps: Int

  init(_ typed: TypedGraph) {
    let graph = typed.graph
    let constants = typed.constantValues
    let rounding = typed.roundingNodes
    var root: [String: String] = [:]
    var index: [String: Int] = [:]
    var lives: [Life] = []
    for input in graph.inputs where index[input.name] == nil {
      index[input.name] = lives.count
      lives.append(Life(value: input.name, birth: 0, death: 0))
    }
    var step = 0
    for (number, node) in graph.nodes.enumerated() {
      if rounding.contains(number), let source = node.input(0) {
        root[node.outputs[0]] = root[source] ?? source
        continue
      }
      if node.outputs.allSatisfy({ constants.contains($0) }) { continue }
      for input in node.inputs {
        if let life = index[root[input] ?? input] { lives[life].death = step }
      }
      for output in node.outputs where !output.isEmpty {
        index[output] = lives.count
        lives.append(Life(value: output, birth: step, death: step))
      }
      step += 1
    }
    for output in graph.outputs {
      if let life = index[root[output.name] ?? output.name] { lives[life].death = max(step - 1, 0) }
    }
    self.lives = lives
    steps = max(step, 1)
  }

  /// - Parameter facts: of every value; those of unknown size are left out.
  /// - Returns: bytes in float32, and whether all sizes are known.
  func bytes(_ facts: [String: Facts]) -> (bytes: Int, isComplete: Bool) {
    var change = [Int](repeating: 0, count: steps + 1)
    var isComplete = true
    var left = Self.largestCount
    for life in lives {
      guard let count = facts[life.value]?.count, count <= left else {
        isComplete = false
        continue
      }
      left -= count
      change[life.birth] += 4 * count
      change[life.death + 1] -= 4 * count
    }
    var (now, peak) = (0, 0)
    for amount in change {
      now += amount
      peak = max(peak, now)
    }
    return (peak, isComplete)
  }
}
