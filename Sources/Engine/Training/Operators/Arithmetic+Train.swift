import Foundation
import Graph

private struct Addition: BinaryFunction {
  static let slopes = SlopeOperands.none
  static let passesGradient = true
  func value(_ x: Float, _ y: Float) -> Float { x + y }
  func left(_ x: Float, _ y: Float, _ gradient: Float) -> Float { gradient }
  func right(_ x: Float, _ y: Float, _ gradient: Float) -> Float { gradient }
}

private struct Subtraction: BinaryFunction {
  static let slopes = SlopeOperands.none
  func value(_ x: Float, _ y: Float) -> Float { x - y }
  func left(_ x: Float, _ y: Float, _ gradient: Float) -> Float { gradient }
  func right(_ x: Float, _ y: Float, _ gradient: Float) -> Float { -gradient }
}

private struct Multiplication: BinaryFunction {
  static let slopes = SlopeOperands.other
  func value(_ x: Float, _ y: Float) -> Float { x * y }
  func left(_ x: Float, _ y: Float, _ gradient: Float) -> Float { gradient * y }
  func right(_ x: Float, _ y: Float, _ gradient: Float) -> Float { gradient * x }
}

private struct Division: BinaryFunction {
  func value(_ x: Float, _ y: Float) -> Float { x / y }
  func left(_ x: Float, _ y: Float, _ gradient: Float) -> Float { gradient / y }
  func right(_ x: Float, _ y: Float, _ gradient: Float) -> Float { -gradient * x / (y * y) }
}

private struct Power: BinaryFunction {
  func value(_ x: Float, _ y: Float) -> Float { powf(x, y) }
  func left(_ x: Float, _ y: Float, _ gradient: Float) -> Float {
    y == 0 ? 0 : gradient * y * powf(x, y - 1)
  }
  func right(_ x: Float, _ y: Float, _ gradient: Float) -> Float {
    x == 0 ? 0 : gradient * powf(x, y) * logf(x)
  }
}

/// The larger or the smaller; of equal ones each gets half of the gradient, as in torch.
private struct Choice: BinaryFunction {
  let takesLarger: Bool

  func value(_ x: Float, _ y: Float) -> Float { takesLarger == (x > y) ? x : y }
  func left(_ x: Float, _ y: Float, _ gradient: Float) -> Float {
    x == y ? gradient / 2 : takesLarger == (x > y) ? gradient : 0
  }
  func right(_ x: Float, _ y: Float, _ gradient: Float) -> Float {
    x == y ? gradient / 2 : takesLarger == (x > y) ? 0 : gradient
  }
}

/// A rectifier whose slope below zero is a number of its own.
private struct SlopedRectifier: BinaryFunction {
  func value(_ x: Float, _ y: Float) -> Float { x < 0 ? x * y : x }
  func left(_ x: Float, _ y: Float, _ gradient: Float) -> Float { x > 0 ? gradient : gradient * y }
  func right(_ x: Float, _ y: Float, _ gradient: Float) -> Float { x < 0 ? gradient * x : 0 }
}

/// The square, which most powers are.
private struct Square: UnaryFunction {
  static let readsValueOnly = false
  func value(_ x: Float) -> Float { x * x }
  func slope(_ x: Float, _ y: Float) -> Float { 2 * x }
}

extension Add: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addBinary(Addition(), node) }
}

extension Sub: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addBinary(Subtraction(), node) }
}

extension Mul: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addBinary(Multiplication(), node) }
}

extension Div: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addBinary(Division(), node) }
}

extension Pow: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    if let exponent = tape.tensor(node.inputs[1]), exponent.count == 1, exponent.shape.rank <= 1,
      exponent.floats[0] == 2
    {
      return try tape.addUnary(Square(), node)
    }
    return try tape.addBinary(Power(), node)
  }
}

extension PRelu: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addBinary(SlopedRectifier(), node) }
}

extension Max: Trainable {
  func isTrainable(_ node: Node, in graph: Graph) -> Bool { node.inputs.count == 2 }
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    try tape.addBinary(Choice(takesLarger: true), node)
  }
}

extension Min: Trainable {
  func isTrainable(_ node: Node, in graph: Graph) -> Bool { node.inputs.count == 2 }
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    try tape.addBinary(Choice(takesLarger: false), node)
  }
}

extension Sum: Trainable {
  func isTrainable(_ node: Node, in graph: Graph) -> Bool { node.inputs.count == 2 }
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addBinary(Addition(), node) }
}
