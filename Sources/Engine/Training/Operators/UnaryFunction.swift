import Graph
import Tensor

/// A function of one number, with its slope.
protocol UnaryFunction {
  func value(_ x: Float) -> Float
  /// The slope at `x`, where the value is `y`.
  func slope(_ x: Float, _ y: Float) -> Float
  /// Whether the slope reads the value alone, so that this may be written over what went in.
  static var readsValueOnly: Bool { get }
}

extension UnaryFunction {
  static var readsValueOnly: Bool { true }
}

extension Tape {
  /// Adds an elementwise function of a node's input 0.
  @inline(__always)
  func addUnary<Function: UnaryFunction>(_ function: Function, _ node: Node) throws -> Bool {
    let x = try value(node.inputs[0])
    guard x.isFloat else { return false }
    let isInPlace = Function.readsValueOnly && x.isFree
    if isInPlace, let host = host(of: x), host.rider == nil {
      let (values, gradients) = (x.floats, x.gradient?.floats)
      host.rider = Rider(
        forward: { Self.apply(function, values + $0, values + $0, $1) },
        backward: { start, count in
          guard let from = gradients.map({ $0 + start }) else { return }
          Self.back(function, values + start, values + start, from, from, count, isAdding: false)
        })
      define(
        node.outputs[0], Variable(viewing: x, dims: x.dims, order: x.order, gradient: x.gradient))
      return true
    }
    let y: Variable
    if isInPlace {
      y = Variable(
        viewing: x, dims: x.dims, order: x.order, gradient: x.gradient.map { Gradient(over: $0) })
      define(node.outputs[0], y)
    } else {
      y = try output(node, order: x.order, hasGradient: x.gradient != nil, gradientOver: x)
    }
    let (input, result, count) = (x.floats, y.floats, x.count)
    add(
      gives: [y], forward: { _ in Self.apply(function, input, result, count) },
      backward: {
        guard let from = y.gradient, let to = x.gradient else { return }
        let isAdding = to.startAdding()
        Self.back(
          function, isInPlace ? result : input, result, from.floats, to.floats, count, isAdding: isAdding)
      })
    return true
  }

  /// Places that are one and the same have loops of their own: the compiler makes vectors of a loop where it sees that what
  /// is written is not what is read next.
  private static func apply<Function: UnaryFunction>(
    _ function: Function, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    if UnsafePointer(y) == x {
      for index in 0..<count { y[index] = function.value(y[index]) }
    } else {
      for index in 0..<count { y[index] = function.value(x[index]) }
    }
  }

  private static func back<Function: UnaryFunction>(
    _ function: Function, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ from: UnsafePointer<Float>,
    _ to: UnsafeMutablePointer<Float>, _ count: Int, isAdding: Bool
  ) {
    if isAdding {
      for index in 0..<count { to[index] += from[index] * function.slope(x[index], y[index]) }
    } else if UnsafePointer(to) == from {
      for index in 0..<count { to[index] = to[index] * function.slope(x[index], y[index]) }
    } else {
      for index in 0..<count { to[index] = from[index] * function.slope(x[index], y[index]) }
    }
  }

  /// Adds an elementwise function of oneDNN's.
  func addActivation(_ activation: Activation, _ node: Node) throws -> Bool {
    let x = try value(node.inputs[0])
    guard x.isFloat, x.count > 0 else { return false }
    let y = try output(
      node, order: x.order, hasGradient: x.gradient != nil, isFree: true, gradientOver: x)
    let data = MemoryDescriptor(plain: [x.count])
    let (forward, backward) = try Primitive.trainingElementwise(activation, data, node: node.label)
    let run = try PrimitiveRun(forward, [(.source, data, x.bytes), (.destination, data, y.bytes)])
    var back: AddingRun?
    if let from = y.gradient, let to = x.gradient {
      back = try AddingRun(
        backward,
        [(.source, data, x.bytes), (.destinationGradient, data, UnsafeMutableRawPointer(from.floats))],
        result: (.sourceGradient, data, UnsafeMutableRawPointer(to.floats)))
    }
    add(
      gives: [y], forward: { _ in try run.run() },
      backward: {
        guard let to = x.gradient else { return }
        try back?.run(isAdding: to.startAdding())
      })
    return true
  }
}
