import Graph
import Tensor

extension Gemm: Unfoldable {
  public var sumFactor: Float { alpha }

  public func unfolding(data: Shape, weight: Shape, slot: WeightSlot) throws(Mismatch) -> Unfolding {
    if transposesLeft { throw Mismatch("its samples do not lie along the first axis") }
    return .rows(of: data)
  }
}
