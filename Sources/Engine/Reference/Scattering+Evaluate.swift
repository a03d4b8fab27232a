import Graph
import Tensor

/// How an operator that puts updates into its data finds their places.
public protocol ScatteringEvaluable: Scattering, NumericEvaluable {
  /// Where each piece of the updates goes in the data, in elements, and how many elements a piece has.
  ///
  /// - Throws: `Mismatch` for an index that is out of range.
  func pieces(_ data: Shape, _ indices: Tensor) throws -> (starts: [Int], length: Int)
}

extension ScatteringEvaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    // What is only moved may be of any type.
    guard reduction == .none else { return try evaluateNumbers(inputs) }
    _ = try layouts(inputs)
    let data = try required(inputs, 0)
    let (starts, length) = try pieces(data.shape, try required(inputs, 1))
    let updates = try required(inputs, 2).spread
    return [
      updates.withUnsafeBytes { bytes in
        data.moved(to: data.shape) { source, target, width in
          target.copyMemory(from: source)
          for (index, start) in starts.enumerated() {
            target.copy(length * width, from: bytes, at: index * length * width, to: start * width)
          }
        }
      }
    ]
  }

  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let data = try required(inputs, 0)
    let (starts, length) = try pieces(data.shape, try required(inputs, 1))
    let updates = try required(inputs, 2)
    return [
      data.withElements(of: T.self) { old in
        updates.withElements(of: T.self) { updates in
          Tensor(of: T.self, shape: data.shape) { target in
            _ = target.initialize(from: old)
            for (index, start) in starts.enumerated() {
              for k in 0..<length {
                target[start + k] = combined(target[start + k], updates[index * length + k])
              }
            }
          }
        }
      }
    ]
  }

  private func combined<T: NumericElement>(_ old: T, _ update: T) -> T {
    switch reduction {
    case .none: update
    case .add: T.sum(old, update)
    case .mul: T.product(old, update)
    case .max: max(old, update)
    case .min: min(old, update)
    }
  }
}

extension ElementScattering {
  public func pieces(_ data: Shape, _ indices: Tensor) throws -> (starts: [Int], length: Int) {
    (indices.places(in: data, axis: try axis.axis(ofRank: data.rank)), 1)
  }
}

extension ScatterElements: ScatteringEvaluable {}
extension Scatter: ScatteringEvaluable {}

extension ScatterND: ScatteringEvaluable {
  public func pieces(_ data: Shape, _ indices: Tensor) throws -> (starts: [Int], length: Int) {
    (try indices.tuplePlaces(in: data), data.dims[(indices.shape.dims.last ?? 0)...].reduce(1, *))
  }
}
