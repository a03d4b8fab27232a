import Graph
import Tensor

/// An operator that makes one number of many.
public protocol ReductionEvaluable: Reduction, NumericEvaluable {
  /// - Parameter values: in row-major order; there may be none.
  func reduce<T: NumericElement>(_ values: [T]) -> T
}

extension ReductionEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let axes = try axes.reduced(inputs.map { $0.map { Facts($0) } }, rank: x.shape.rank) ?? []
    return [
      x.reduced(along: axes, to: outputs[0].shape) { (values: [T]) in T(narrowing: reduce(values.map(\.wide)))
      }
    ]
  }
}

/// An operator that finds the position of a number among many.
public protocol SearchEvaluable: Search, NumericEvaluable {
  /// Whether `x` is rather to be found than `other`; neither is NaN.
  func isBetter<T: NumericElement>(_ x: T, than other: T) -> Bool
}

extension SearchEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let axis = try search.axis.axis(ofRank: x.shape.rank)
    return [x.reduced(along: [axis], to: outputs[0].shape) { (values: [T]) in Int64(position(in: values)) }]
  }

  /// NaN is found before all numbers, as NumPy does.
  func position<T: NumericElement>(in values: [T]) -> Int {
    var best = 0
    for index in values.indices.dropFirst() {
      let (x, other) = (values[index], values[best])
      let (isNaN, otherIsNaN) = (x != x, other != other)
      let isTie = isNaN ? otherIsNaN : x == other
      if isTie ? search.takesLast : isNaN || (!otherIsNaN && isBetter(x, than: other)) { best = index }
    }
    return best
  }
}

extension Tensor {
  /// What `body` makes of all elements along `axes`, for each position of the other axes in row-major order.
  ///
  /// - Parameter axes: ascending.
  func reduced<T: TensorElement, Result: TensorElement>(
    along axes: [Int], to target: Shape, _ body: ([T]) -> Result
  ) -> Tensor {
    let strides = shape.strides
    let kept = shape.dims.indices.filter { !axes.contains($0) }
    var steps: [Int] = []
    StridedWalk(sizes: axes.map { shape[$0] }, strides: [axes.map { strides[$0] }]).visit {
      steps.append($0[0])
    }
    return withElements(of: T.self) { source in
      Tensor(of: Result.self, shape: target) { results in
        var index = 0
        StridedWalk(sizes: kept.map { shape[$0] }, strides: [kept.map { strides[$0] }]).visit { offsets in
          results.initializeElement(at: index, to: body(steps.map { source[offsets[0] + $0] }))
          index += 1
        }
      }
    }
  }
}
