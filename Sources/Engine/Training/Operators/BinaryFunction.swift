import Graph
import Tensor

/// A function of two numbers, with what a gradient of its value gives each of them.
protocol BinaryFunction {
  func value(_ x: Float, _ y: Float) -> Float
  func left(_ x: Float, _ y: Float, _ gradient: Float) -> Float
  func right(_ x: Float, _ y: Float, _ gradient: Float) -> Float
}

extension Tape {
  /// Adds a function of a node's two inputs, the smaller stretched.
  @inline(__always)
  func addBinary<Function: BinaryFunction>(_ function: Function, _ node: Node) throws -> Bool {
    guard let (a, b, order) = try operands(node) else { return false }
    let result = try output(
      node, order: order, hasGradient: a.gradient != nil || b.gradient != nil, isFree: true)
    let runs = BroadcastRuns(a.storedDims, b.storedDims, over: result.storedDims)
    let step = BinaryStepPair(function: function, a: a, b: b, result: result, runs: runs)
    add(gives: [result], forward: { _ in step.forward() }, backward: { step.backward() })
    return true
  }

  /// The two inputs in one layout: the channels last where the larger has them so and the other can follow.
  private func operands(_ node: Node) throws -> (Variable, Variable, MemoryOrder)? {
    let (a, b) = (try value(node.inputs[0]), try value(node.inputs[1]))
    let dims = try dims(node.outputs[0])
    guard a.isFloat, b.isFloat, (typed.operators[currentNode] as? any BinaryElementwise)?.axis == nil else {
      return nil
    }
    if (a.order == .channelsLast && a.dims == dims) || (b.order == .channelsLast && b.dims == dims),
      let left = try channelsLast(a, rank: dims.count), let right = try channelsLast(b, rank: dims.count)
    {
      return (left, right, .channelsLast)
    }
    return (try converted(a, to: .plain), try converted(b, to: .plain), .plain)
  }

  private func channelsLast(_ variable: Variable, rank: Int) throws -> Variable? {
    if variable.dims.count == rank { return try converted(variable, to: .channelsLast) }
    let stretched = Array(repeating: 1, count: rank - variable.dims.count) + variable.dims
    let view = variable.view(stretched)
    return view.isSame(in: .channelsLast) ? view.view(stretched, order: .channelsLast) : nil
  }
}

/// The loops of a function of two operands.
private struct BinaryStepPair<Function: BinaryFunction> {
  let function: Function
  let a: Variable
  let b: Variable
  let result: Variable
  let runs: BroadcastRuns

  func forward() {
    let length = runs.length
    for start in runs.starts {
      let (x, y, z) = (a.floats + start.left, b.floats + start.right, result.floats + start.result)
      if runs.leftStep == 1 && runs.rightStep == 1 {
        for index in 0..<length { z[index] = function.value(x[index], y[index]) }
      } else if runs.leftStep == 1 {
        let y = y[0]
        for index in 0..<length { z[index] = function.value(x[index], y) }
      } else {
        let x = x[0]
        for index in 0..<length { z[index] = function.value(x, y[index * runs.rightStep]) }
      }
    }
  }

  func backward() {
    guard let gradient = result.gradient?.floats else { return }
    if let own = a.gradient {
      back(to: own, isWhole: runs.leftIsWhole, step: runs.leftStep, gradient, \.left, function.left)
    }
    if let own = b.gradient {
      back(to: own, isWhole: runs.rightIsWhole, step: runs.rightStep, gradient, \.right, function.right)
    }
  }

  @inline(__always)
  private func back(
    to own: Gradient, isWhole: Bool, step: Int, _ gradient: UnsafePointer<Float>,
    _ place: (BroadcastRuns.Start) -> Int, _ function: (Float, Float, Float) -> Float
  ) {
    if !isWhole { own.settle() }
    let isAdding = !isWhole || own.startAdding()
    let (length, left, right) = (runs.length, runs.leftStep, runs.rightStep)
    for start in runs.starts {
      let (x, y) = (a.floats + start.left, b.floats + start.right)
      let (g, target) = (gradient + start.result, own.floats + place(start))
      if step == 0 {
        var sum: Double = 0
        for index in 0..<length { sum += Double(function(x[index * left], y[index * right], g[index])) }
        target[0] += Float(sum)
      } else if left == 1 && right == 1 {
        if isAdding {
          for index in 0..<length { target[index] += function(x[index], y[index], g[index]) }
        } else {
          for index in 0..<length { target[index] = function(x[index], y[index], g[index]) }
        }
      } else {
        let (first, second) = (x[0], y[0])
        for index in 0..<length {
          let value = function(left == 1 ? x[index] : first, right == 1 ? y[index] : second, g[index])
          target[index] = isAdding ? target[index] + value : value
        }
      }
    }
  }
}
