import Graph
import Tensor

/// What the slope by one of two operands depends on.
enum SlopeOperands { case none, other, both }

/// A function of two numbers, with what a gradient of its value gives each of them.
protocol BinaryFunction {
  func value(_ x: Float, _ y: Float) -> Float
  func left(_ x: Float, _ y: Float, _ gradient: Float) -> Float
  func right(_ x: Float, _ y: Float, _ gradient: Float) -> Float
  static var slopes: SlopeOperands { get }
  /// Whether both operands get the gradient as it is.
  static var passesGradient: Bool { get }
}

extension BinaryFunction {
  static var slopes: SlopeOperands { .both }
  static var passesGradient: Bool { false }
}

extension Tape {
  /// Adds a function of a node's two inputs, the smaller stretched.
  @inline(__always)
  func addBinary<Function: BinaryFunction>(_ function: Function, _ node: Node) throws -> Bool {
    guard let (a, b, order) = try operands(node) else { return false }
    let host = try host(a, b, node, order: order)
    let other = host === a ? b : a
    let result: Variable
    if let host, Function.slopes == .none || (Function.slopes == .other && other.gradient == nil) {
      result = defineOver(host, node)
    } else {
      result = try output(
        node, order: order, hasGradient: a.gradient != nil || b.gradient != nil, isFree: true,
        gradientOver: host)
    }
    let runs = BroadcastRuns(a.storedDims, b.storedDims, over: result.storedDims)
    let step = BinaryStepPair(function: function, a: a, b: b, result: result, host: host, runs: runs)
    add(gives: [result], forward: { _ in step.forward() }, backward: { step.backward() })
    return true
  }

  /// Of two operands one that learns, lies as the result does and is read by nobody else: its gradient can be written
  /// over the result's.
  func host(_ a: Variable, _ b: Variable, _ node: Node, order: MemoryOrder) throws -> Variable? {
    let dims = try dims(node.outputs[0])
    guard a.bytes != b.bytes else { return nil }
    return [a, b].first { $0.isFree && $0.gradient != nil && $0.dims == dims && $0.order == order }
  }

  /// The output of a node that is written over one of its inputs, as the gradient of that is over its.
  func defineOver(_ input: Variable, _ node: Node) -> Variable {
    let result = Variable(
      viewing: input, dims: input.dims, order: input.order,
      gradient: input.gradient.map { Gradient(over: $0) },
      isFree: hasOneReader(node.outputs[0]))
    define(node.outputs[0], result)
    return result
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
  /// The operand whose gradient is written over the result's.
  let host: Variable?
  let runs: BroadcastRuns

  func forward() {
    let length = runs.length
    for start in runs.starts {
      let (x, y, z) = (a.floats + start.left, b.floats + start.right, result.floats + start.result)
      if runs.leftStep == 1 && runs.rightStep == 1 {
        if z == x {
          for index in 0..<length { z[index] = function.value(z[index], y[index]) }
        } else if z == y {
          for index in 0..<length { z[index] = function.value(x[index], z[index]) }
        } else {
          for index in 0..<length { z[index] = function.value(x[index], y[index]) }
        }
      } else if runs.leftStep == 1 {
        let y = y[0]
        if z == x {
          for index in 0..<length { z[index] = function.value(z[index], y) }
        } else {
          for index in 0..<length { z[index] = function.value(x[index], y) }
        }
      } else {
        let x = x[0]
        if z == y {
          for index in 0..<length { z[index] = function.value(x, z[index]) }
        } else {
          for index in 0..<length { z[index] = function.value(x, y[index]) }
        }
      }
    }
  }

  func backward() {
    guard let gradient = result.gradient?.floats else { return }
    // The one that writes over the gradient comes last.
    if host !== b { backRight(gradient) }
    backLeft(gradient)
    if host === b { backRight(gradient) }
  }

  @inline(__always)
  private func backLeft(_ gradient: UnsafePointer<Float>) {
    guard let own = a.gradient else { return }
    if Function.passesGradient && host === a {
      _ = own.startAdding()
    } else {
      back(to: own, isWhole: runs.leftIsWhole, step: runs.leftStep, gradient, \.left, function.left)
    }
  }

  @inline(__always)
  private func backRight(_ gradient: UnsafePointer<Float>) {
    guard let own = b.gradient else { return }
    if Function.passesGradient && host === b {
      _ = own.startAdding()
    } else {
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
        Self.write(target, from: g, length, isAdding: isAdding) { function(x[$0], y[$0], $1) }
      } else if left == 1 {
        let y = y[0]
        Self.write(target, from: g, length, isAdding: isAdding) { function(x[$0], y, $1) }
      } else {
        let x = x[0]
        Self.write(target, from: g, length, isAdding: isAdding) { function(x, y[$0], $1) }
      }
    }
  }

  /// A loop for each case, so that the compiler makes vectors of it.
  @inline(__always)
  private static func write(
    _ target: UnsafeMutablePointer<Float>, from g: UnsafePointer<Float>, _ length: Int, isAdding: Bool,
    _ function: (Int, Float) -> Float
  ) {
    if isAdding {
      for index in 0..<length { target[index] += function(index, g[index]) }
    } else if UnsafePointer(target) == g {
      for index in 0..<length { target[index] = function(index, target[index]) }
    } else {
      for index in 0..<length { target[index] = function(index, g[index]) }
    }
  }
}
