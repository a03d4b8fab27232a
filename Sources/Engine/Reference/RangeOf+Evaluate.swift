import Graph
import Tensor

extension RangeOf: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let layout = try layouts(inputs)[0]
    let (start, step) = (try required(inputs, 0), try required(inputs, 2))
    if let first = start.integers?.first, let delta = step.integers?.first {
      let numbers = (0..<layout.shape.count).map { first &+ $0 &* delta }
      return [Tensor(wrapping: numbers, as: layout.dtype, shape: layout.shape)]
    }
    return [
      layout.dtype == .float32
        ? Self.sums(start.array(of: Float.self)[0], step.array(of: Float.self)[0], layout.shape)
        : Self.sums(start.array(of: Double.self)[0], step.array(of: Double.self)[0], layout.shape)
    ]
  }

  /// Each number is the one before and a step, as the standard's own body of the operator has it.
  private static func sums<T: RealElement>(_ start: T, _ step: T, _ shape: Shape) -> Tensor {
    var next = start
    return Tensor(of: T.self, shape: shape) { target in
      for index in 0..<target.count {
        target.initializeElement(at: index, to: next)
        next += step
      }
    }
  }
}
