import Foundation
import Tensor

/// The magnitude of a weight, and the Ln norm of a channel, as `torch.nn.utils.prune` has them in
/// `L1Unstructured` and `LnStructured`.
public struct Magnitude: PruningCriterion {
  public let norm: Int

  public init(norm: Int) { self.norm = norm }

  public init?(_ rule: PruningRule) {
    // Single weights rank the same under every norm.
    norm = rule.unit == .weight ? 1 : rule.norm
  }

  public var name: String { "L\(norm)" }

  public var zerosGoFirst: Bool { true }

  public func scores(of weight: Tensor) -> [Float] { weight.floats.map(abs) }

  /// Sums of the n-th powers, in double: the root would not change their order.
  public func scores(ofSlicesAlong axis: Int, in weight: Tensor) -> [Double] {
    var sums = [Double](repeating: 0, count: weight.shape[axis])
    weight.floats.withUnsafeBufferPointer { values in
      switch norm {
      case 1:
        weight.shape.forEachRun(along: axis) { slice, run in
          sums[slice] += run.sum { Double(abs(values[$0])) }
        }
      case 2:
        weight.shape.forEachRun(along: axis) { slice, run in
          sums[slice] += run.sum { Double(values[$0]) * Double(values[$0]) }
        }
      default:
        weight.shape.forEachRun(along: axis) { slice, run in
          sums[slice] += run.sum { pow(Double(abs(values[$0])), Double(norm)) }
        }
      }
    }
    return sums
  }
}

extension Range<Int> {
  fileprivate func sum(_ term: (Int) -> Double) -> Double {
    var sum = 0.0
    for index in self { sum += term(index) }
    return sum
  }
}
