import Graph
import Tensor

/// A pair of QuantizeLinear and DequantizeLinear whose one scale learns. What both give the scale adds up to the gradient of
/// learned step sizes (Esser et al. 2020): `round(x / s) - x / s` within the integers, the end beyond them.
struct LearnedQuantizer {
  private let scale: Variable
  private let zeroPoint: Float
  private let lowest: Float
  private let highest: Float

  /// nil where the scale does not learn.
  init?(_ node: Node, on tape: Tape) throws {
    guard let integers = tape.quantizers[node.inputs[1]] else { return nil }
    let scale = try tape.plain(node.inputs[1])
    guard scale.gradient != nil, scale.count == 1 else { return nil }
    self.scale = scale
    zeroPoint = Float(tape.tensor(node.input(2))?.integers?[0] ?? 0)
    (lowest, highest) = (Float(integers.lowerBound), Float(integers.upperBound))
  }

  /// Adds QuantizeLinear.
  func addRounding(_ x: Variable, _ node: Node, on tape: Tape) throws -> Bool {
    guard x.isFloat else { return false }
    let y = try tape.output(node, hasGradient: true)
    let (scale, zeroPoint, lowest, highest) = (scale, zeroPoint, lowest, highest)
    tape.add(
      gives: [y],
      forward: { _ in
        let step = scale.floats[0]
        let (x, y, count) = (x.floats, y.floats, x.count)
        for index in 0..<count {
          let rounded = (x[index] / step).rounded(.toNearestOrEven) + zeroPoint
          let floored = rounded < lowest ? lowest : rounded
          y[index] = floored > highest ? highest : floored
        }
      },
      backward: {
        guard let gradient = y.gradient, let own = scale.gradient else { return }
        let step = scale.floats[0]
        let target = x.gradient
        let isAdding = target?.startAdding() ?? false
        let (x, g) = (x.floats, gradient.floats)
        var sum = 0.0
        for index in 0..<y.count {
          let quotient = x[index] / step
          let place = quotient + zeroPoint
          let passed = place > lowest && place < highest ? g[index] / step : 0
          sum -= Double(passed) * Double(quotient)
          if let target { target.floats[index] = (isAdding ? target.floats[index] : 0) + passed }
        }
        Self.add(sum, to: own)
      })
    return true
  }

  /// Adds DequantizeLinear.
  func addScaling(_ x: Variable, _ node: Node, on tape: Tape) throws -> Bool {
    guard x.isFloat, x.gradient != nil else { return false }
    let y = try tape.output(node, hasGradient: true, isFree: true)
    let (scale, zeroPoint) = (scale, zeroPoint)
    tape.add(
      gives: [y],
      forward: { _ in
        let step = scale.floats[0]
        let (x, y, count) = (x.floats, y.floats, x.count)
        for index in 0..<count { y[index] = (x[index] - zeroPoint) * step }
      },
      backward: {
        guard let gradient = y.gradient, let target = x.gradient, let own = scale.gradient else { return }
        let step = scale.floats[0]
        let isAdding = target.startAdding()
        let (x, g) = (x.floats, gradient.floats)
        var sum = 0.0
        for index in 0..<y.count {
          sum += Double(g[index]) * Double(x[index] - zeroPoint)
          target.floats[index] = (isAdding ? target.floats[index] : 0) + g[index] * step
        }
        Self.add(sum, to: own)
      })
    return true
  }

  private static func add(_ sum: Double, to gradient: Gradient) {
    let isAdding = gradient.startAdding()
    gradient.floats[0] = (isAdding ? gradient.floats[0] : 0) + Float(sum)
  }
}
