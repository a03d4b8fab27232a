import Foundation

/// An activation function that no other step could take in.
struct ActivationStep: Step {
  let source: Value
  let destination: Value
  let activation: Activation

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let (from, to) = (memory.address(source), memory.address(destination))
    let count = source.storedCount
    return { inputs in
      let (x, y) = (UnsafePointer(from.floats(inputs)), to.floats(inputs))
      switch activation.function {
      case .relu(let slope):
        for index in 0..<count { y[index] = x[index] > 0 ? x[index] : x[index] * slope }
      case .clip(let low, let high):
        for index in 0..<count { y[index] = Swift.min(Swift.max(x[index], low), high) }
      case .sigmoid:
        for index in 0..<count { y[index] = 1 / (1 + expf(-x[index])) }
      case .tanh:
        for index in 0..<count { y[index] = tanhf(x[index]) }
      }
    }
  }
}

extension Activation {
  /// Whether zero stays zero, so that the padding of a blocked layout stays what it must be.
  var keepsZero: Bool {
    switch function {
    case .relu, .tanh: true
    case .clip(let low, let high): low <= 0 && high >= 0
    case .sigmoid: false
    }
  }
}
