import Graph
import Tensor

extension CumSum: NumericEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let axis = try axis(inputs.map { $0.map { Facts($0) } }, rank: x.shape.rank) ?? 0
    let (count, inner) = (x.shape[axis], x.shape.inner(of: axis))
    return x.withElements(of: T.self) { source in
      [
        Tensor(of: T.self, shape: x.shape) { target in
          for row in 0..<x.shape.outer(of: axis) * inner {
            let first = row / inner * count * inner + row % inner
            var sum = T.Wide.zero
            for k in 0..<count {
              let index = first + (isReverse ? count - 1 - k : k) * inner
              let next = T.Wide.sum(sum, source[index].wide)
              target.initializeElement(at: index, to: T(narrowing: isExclusive ? sum : next))
              sum = next
            }
          }
        }
      ]
    }
  }
}
