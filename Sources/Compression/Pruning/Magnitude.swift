import Foundation
import Tensor

/// The magnitude of a weight, and the Ln norm of a channel, as `torch.nn.utils.prune` has them in
/// `L1Unstructured` and `LnStructured`.
public struct Magnitude: WeightCriterion, ChannelCriterion {
  /// Short for norm 1 and 2: reading a recipe turns them into those.
  public static let names = ["l1", "l2"]

  public let norm: Int

  public init(norm: Int) { self.norm = norm }

  public init(_ rule: PruningRule) {
    // Single weights rank the same under every norm.
    norm = rule.unit.isSingle ? 1 : rule.norm
  }

  public var name: String { "L\(norm)" }

  public var zerosGoFirst: Bool { true }

  public var scoresAreMagnitudes: Bool { true }

  public func scores(of weight: RankedWeight) -> [Float] { weight.tensor.floats.map(abs) }

  /// The norm of each block.
  public func scores(ofBlocks grid: BlockGrid, in weight: RankedWeight) -> [Float] {
    let values = weight.tensor.floats
    var sums = [Double](repeating: 0, count: grid.count)
    grid.forEachElement { block, element in sums[block] += power(Double(abs(values[element]))) }
    return sums.map { Float(root($0)) }
  }

  /// Sums of the n-th powers, in double: the root would not change their order.
  public func scores(ofSlicesAlong axis: Int, in weight: RankedWeight) -> [Double] {
    let shape = weight.tensor.shape
    var sums = [Double](repeating: 0, count: shape[axis])
    weight.tensor.floats.withUnsafeBufferPointer { values in
      switch norm {
      case 1:
        shape.forEachRun(along: axis) { slice, run in
          sums[slice] += run.sum { Double(abs(values[$0])) }
        }
      case 2:
        shape.forEachRun(along: axis) { slice, run in
          sums[slice] += run.sum { Double(values[$0]) * Double(values[$0]) }
        }
      default:
        shape.forEachRun(along: axis) { slice, run in
          sums[slice] += run.sum { pow(Double(abs(values[$0])), Double(norm)) }
        }
      }
    }
    return sums
  }

  public func root(_ score: Double) -> Double {
    switch norm {
    case 1: score
    case 2: score.squareRoot()
    default: pow(score, 1 / Double(norm))
    }
  }

  private func power(_ magnitude: Double) -> Double {
    switch norm {
    case 1: magnitude
    case 2: magnitude * magnitude
    default: pow(magnitude, Double(norm))
    }
  }
}

extension Range<Int> {
  fileprivate func sum(_ term: (Int) -> Double) -> Double {
    var sum = 0.0
    for index in self { sum += term(index) }
    return sum
  }
}
