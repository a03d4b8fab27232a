import Foundation
import Graph

extension ReduceLogSum: ReductionEvaluable {
  public func reduce<T: NumericElement>(_ values: [T]) -> T {
    T(rounding: log(values.reduce(0) { $0 + $1.real }))
  }
}
