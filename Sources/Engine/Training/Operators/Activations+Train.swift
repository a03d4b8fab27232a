import Foundation
import Graph

struct Rectifier: UnaryFunction {
  let slope: Float
  func value(_ x: Float) -> Float { x > 0 ? x : slope * x }
  // NaN goes on, as it does forwards.
  func slope(_ x: Float, _ y: Float) -> Float { y > 0 ? 1 : slope }
}

/// A straight line between two limits.
struct Ramp: UnaryFunction {
  var factor: Float = 1
  var shift: Float = 0
  let lower: Float
  let upper: Float

  func value(_ x: Float) -> Float {
    let line = factor * x + shift
    let floored = line < lower ? lower : line
    return floored > upper ? upper : floored
  }
  func slope(_ x: Float, _ y: Float) -> Float { y > lower && y < upper ? factor : 0 }
}

struct Logistic: UnaryFunction {
  func value(_ x: Float) -> Float { GateFunctions.sigmoid(x) }
  func slope(_ x: Float, _ y: Float) -> Float { y * (1 - y) }
}

struct HyperbolicTangent: UnaryFunction {
  func value(_ x: Float) -> Float { GateFunctions.tanh(x) }
  func slope(_ x: Float, _ y: Float) -> Float { 1 - y * y }
}

extension Relu: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(Rectifier(slope: 0), node) }
}

extension LeakyRelu: Trainable {
  /// The sign of the value has to tell the sign of what went in.
  func isTrainable(_ node: Node, in graph: Graph) -> Bool { alpha > 0 }

  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    try tape.addUnary(Rectifier(slope: alpha), node)
  }
}

extension Clip: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    guard node.inputs.dropFirst().allSatisfy({ $0.isEmpty || tape.tensor($0) != nil }),
      let (lower, upper) = limits(node.inputs.map { tape.tensor($0).map { Facts($0) } })
    else { return false }
    return try tape.addUnary(Ramp(lower: lower, upper: upper), node)
  }
}

extension HardSigmoid: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    try tape.addUnary(Ramp(factor: alpha, shift: beta, lower: 0, upper: 1), node)
  }
}

extension HardSwish: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    try tape.addActivation(Activation(function: .hardSwish), node)
  }
}

extension Sigmoid: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(Logistic(), node) }
}

extension Tanh: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addUnary(HyperbolicTangent(), node) }
}

extension Gelu: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    try tape.addActivation(Activation(function: .gelu(byTanh: approximates)), node)
  }
}

extension MicrosoftGelu: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    try tape.addActivation(Activation(function: .gelu(byTanh: false)), node)
  }
}

extension Elu: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    try tape.addActivation(Activation(function: .elu(alpha: alpha)), node)
  }
}

extension Mish: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    try tape.addActivation(Activation(function: .mish), node)
  }
}

extension WrittenOutActivation: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addActivation(activation, node) }
}
