import Graph
import Tensor

/// Rounds to whole numbers, which stay real numbers on the tape; the gradient passes straight through where nothing
/// was cut off.
extension QuantizeLinear: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.plain(node.inputs[0])
    if let learned = try LearnedQuantizer(node, on: tape) {
      return try learned.addRounding(x, node, on: tape)
    }
    // What does not learn keeps the type that it has in the graph.
    guard x.isFloat, x.gradient != nil, let scale = tape.tensor(node.inputs[1]),
      node.input(2) == nil || tape.tensor(node.input(2)) != nil,
      let range = tape.typed.facts[node.outputs[0]]?.dtype?.quantizedRange,
      let granularity = try layout.granularity(
        data: Facts(dtype: .float32, dims: x.dims.map { Dim($0) }), scale: Facts(scale))
    else { return false }
    let y = try tape.output(node, hasGradient: true)
    let parameters = ScaledRuns(granularity, x.shape, scale, tape.tensor(node.input(2)))
    let (lowest, highest) = (Float(range.lowerBound), Float(range.upperBound))
    tape.add(
      gives: [y],
      forward: { _ in
        for run in parameters.runs {
          let (scale, zero) = (run.scale, run.zeroPoint)
          let (x, y) = (x.floats + run.start, y.floats + run.start)
          for index in 0..<run.count {
            let rounded = (x[index] / scale).rounded(.toNearestOrEven) + zero
            let floored = rounded < lowest ? lowest : rounded
            y[index] = floored > highest ? highest : floored
          }
        }
      },
      backward: {
        guard let own = x.gradient, let gradient = y.gradient else { return }
        let isAdding = own.startAdding()
        for run in parameters.runs {
          let (factor, zero, scale) = (1 / run.scale, run.zeroPoint, run.scale)
          let (x, g) = (x.floats + run.start, gradient.floats + run.start)
          let target = own.floats + run.start
          for index in 0..<run.count {
            let rounded = (x[index] / scale).rounded(.toNearestOrEven) + zero
            let passed = rounded >= lowest && rounded <= highest ? g[index] * factor : 0
            target[index] = (isAdding ? target[index] : 0) + passed
          }
        }
      })
    return true
  }
}

/// Whole numbers of a quantizer on the tape become what they stand for.
extension DequantizeLinear: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.plain(node.inputs[0])
    if let learned = try LearnedQuantizer(node, on: tape) { return try learned.addScaling(x, node, on: tape) }
    guard x.isFloat, x.gradient != nil, let scale = tape.tensor(node.inputs[1]),
      node.input(2) == nil || tape.tensor(node.input(2)) != nil,
      let granularity = try layout.granularity(
        data: Facts(dtype: .float32, dims: x.dims.map { Dim($0) }), scale: Facts(scale))
    else { return false }
    let y = try tape.output(node, hasGradient: true, isFree: true)
    let parameters = ScaledRuns(granularity, x.shape, scale, tape.tensor(node.input(2)))
    tape.add(
      gives: [y],
      forward: { _ in
        for run in parameters.runs {
          let (x, y) = (x.floats + run.start, y.floats + run.start)
          for index in 0..<run.count { y[index] = (x[index] - run.zeroPoint) * run.scale }
        }
      },
      backward: {
        guard let own = x.gradient, let gradient = y.gradient else { return }
        let isAdding = own.startAdding()
        for run in parameters.runs {
          let (g, target) = (gradient.floats + run.start, own.floats + run.start)
          for index in 0..<run.count {
            target[index] = (isAdding ? target[index] : 0) + g[index] * run.scale
          }
        }
      })
    return true
  }
}

/// Runs of neighbouring elements that share a scale.
private struct ScaledRuns {
  struct Run {
    var start: Int
    var count: Int
    var scale: Float
    var zeroPoint: Float
  }

  private(set) var runs: [Run] = []

  init(_ granularity: QuantizationGranularity, _ shape: Shape, _ scale: Tensor, _ zeroPoint: Tensor?) {
    let (scales, zeros) = (scale.floats, zeroPoint?.integers)
    var runs: [Run] = []
    granularity.forEachRun(shape) { range, index in
      runs.append(
        Run(
          start: range.lowerBound, count: range.count, scale: scales[index],
          zeroPoint: Float(zeros?[index] ?? 0)))
    }
    self.runs = runs
  }
}
