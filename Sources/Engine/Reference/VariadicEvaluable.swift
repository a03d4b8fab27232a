import Graph
import Tensor

/// An operator on any number of inputs, which takes them in one after another.
public protocol VariadicEvaluable: VariadicElementwise, NumericEvaluable {
  func combine<T: NumericElement>(_ left: T, _ right: T) -> T

  /// The result, once all inputs are taken in.
  func finish<T: NumericElement>(_ all: T, count: Int) -> T
}

extension VariadicEvaluable {
  public func finish<T: NumericElement>(_ all: T, count: Int) -> T { all }

  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let shape = outputs[0].shape
    var all = try required(inputs, 0)
    for index in inputs.indices.dropFirst() {
      // The first of all takes the output's shape on.
      all = Tensor.combined(all, try required(inputs, index), to: shape) { (x: T, y: T) in combine(x, y) }
    }
    return [all.mapped { (x: T) in finish(x, count: inputs.count) }]
  }
}
