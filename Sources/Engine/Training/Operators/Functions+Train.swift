import Foundation
import Graph

private struct ErrorFunction: UnaryFunction {
  static let readsValueOnly = false
  func value(_ x: Float) -> Float { erff(x) }
  func slope(_ x: Float, _ y: Float) -> Float { 1.128_379_2 * expf(-x * x) }
}

private struct Exponential: UnaryFunction {
  func value(_ x: Float) -> Float { expf(x) }
  func slope(_ x: Float, _ y: Float) -> Float { y }
}

private struct Logarithm: UnaryFunction {
  static let readsValueOnly = false
  func value(_ x: Float) -> Float { logf(x) }
  func slope(_ x: Float, _ y: Float) -> Float { 1 / x }
}

private struct SquareRoot: UnaryFunction {
  func value(_ x: Float) -> Float { x.squareRoot() }
  func slope(_ x: Float, _ y: Float) -> Float { 0.5 / y }
}

private struct Inverse: UnaryFunction {
  func value(_ x: Float) -> Float { 1 / x }
  func slope(_ x: Float, _ y: Float) -> Float { -y * y }
}

private struct Negation: UnaryFunction {
  func value(_ x: Float) -> Float { -x }
  func slope(_ x: Float, _ y: Float) -> Float { -1 }
}

private struct Magnitude: UnaryFunction {
  static let readsValueOnly = false
  func value(_ x: Float) -> Float { abs(x) }
  func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : 0 }
}

private struct SmoothRectifier: UnaryFunction {
  static let readsValueOnly = false
  func value(_ x: Float) -> Float { x > 20 ? x : log1pf(expf(x)) }
  func slope(_ x: Float, _ y: Float) -> Float { GateFunctions.sigmoid(x) }
}

extension Erf: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(ErrorFunction(), node) }
}

extension Exp: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(Exponential(), node) }
}

extension Log: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(Logarithm(), node) }
}

extension Sqrt: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(SquareRoot(), node) }
}

extension Reciprocal: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(Inverse(), node) }
}

extension Neg: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(Negation(), node) }
}

extension Abs: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(Magnitude(), node) }
}

extension Softplus: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(SmoothRectifier(), node) }
}
