import Graph
import Tensor

/// A sum or a mean along axes.
protocol TrainableReduction: Reduction, Trainable {
  var isMean: Bool { get }
}

extension TrainableReduction {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.plain(node.inputs[0])
    let facts = node.inputs.map { name in name.isEmpty ? nil : tape.typed.facts[name] }
    guard x.isFloat, let reduced = try axes.reduced(facts, rank: x.dims.count) else { return false }
    let result = try tape.output(node, hasGradient: x.gradient != nil, isFree: true)
    let kept = x.dims.indices.map { reduced.contains($0) ? 1 : x.dims[$0] }
    tape.addSum(x, to: result, BroadcastRuns(x.dims, kept, over: x.dims), isMean: isMean)
    return true
  }
}

extension ReduceMean: TrainableReduction {
  var isMean: Bool { true }
}

extension ReduceSum: TrainableReduction {
  var isMean: Bool { false }
}

extension GlobalAveragePool: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.value(node.inputs[0])
    guard x.isFloat else { return false }
    let result = try tape.output(node, order: x.order, hasGradient: x.gradient != nil, isFree: true)
    tape.addSum(
      x, to: result, BroadcastRuns(x.storedDims, result.storedDims, over: x.storedDims), isMean: true)
    return true
  }
}

extension Tape {
  /// Adds the sum of all elements that the same element of the result stretches over.
  func addSum(_ x: Variable, to result: Variable, _ runs: BroadcastRuns, isMean: Bool) {
    let factor = isMean ? Float(max(result.count, 1)) / Float(max(x.count, 1)) : 1
    let length = runs.length
    add(
      gives: [result],
      forward: { _ in
        let sums = result.floats
        sums.update(repeating: 0, count: result.count)
        for start in runs.starts {
          let (x, sum) = (x.floats + start.result, sums + start.right)
          if runs.rightStep == 1 {
            for index in 0..<length { sum[index] += x[index] }
          } else {
            sum[0] += Self.sum(x, length)
          }
        }
        for index in 0..<result.count { sums[index] *= factor }
      },
      backward: {
        guard let own = x.gradient, let gradient = result.gradient?.floats else { return }
        let isAdding = own.startAdding()
        for start in runs.starts {
          let (target, g) = (own.floats + start.result, gradient + start.right)
          if runs.rightStep == 1 {
            for index in 0..<length {
              target[index] = (isAdding ? target[index] : 0) + g[index] * factor
            }
          } else {
            let g = g[0] * factor
            for index in 0..<length { target[index] = (isAdding ? target[index] : 0) + g }
          }
        }
      })
  }

  static func sum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    var sum: Double = 0
    for index in 0..<count { sum += Double(x[index]) }
    return Float(sum)
  }
}
