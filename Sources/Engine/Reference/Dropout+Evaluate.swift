import Graph
import Tensor

extension Dropout: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let layouts = try layouts(inputs)
    if optional(inputs, 2)?.integers?.first == 1, optional(inputs, 1)?.floats.first ?? 0.5 != 0 {
      throw EngineError.unsupported(node: "", reason: "Dropout is to train, which is not computed")
    }
    let mask = Tensor([Bool](repeating: true, count: x.count), shape: x.shape)
    return [x, mask.converted(to: layouts[1].dtype)]
  }
}
