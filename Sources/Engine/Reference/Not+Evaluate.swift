import Graph
import Tensor

extension Not: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    guard x.dtype == .bool else { throw unsupported(x.dtype) }
    return [x.mapped { (value: Bool) in !value }]
  }
}
