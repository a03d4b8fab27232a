import Graph
import Tensor

extension LayerNormalization: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let first = try axis.axis(ofRank: x.shape.rank)
    let outer = x.shape.dims[..<first].reduce(1, *)
    let count = x.shape.dims[first...].reduce(1, *)
    let scale = try required(inputs, 1).converted(to: T.dtype).array(of: T.self)
    let bias = optional(inputs, 2)?.converted(to: T.dtype).array(of: T.self)
    var means: [T] = []
    var factors: [T] = []
    let y = x.withElements(of: T.self) { source in
      Tensor(of: T.self, shape: x.shape) { target in
        for block in 0..<outer {
          let run = block * count..<(block + 1) * count
          let mean = run.reduce(T(0)) { $0 + source[$1] } / T(count)
          let variance = run.reduce(T(0)) { $0 + (source[$1] - mean) * (source[$1] - mean) } / T(count)
          let factor = 1 / (variance + T(epsilon)).squareRoot()
          for (index, place) in run.enumerated() {
            let value = (source[place] - mean) * factor * scale[index]
            target.initializeElement(at: place, to: value + (bias?[index] ?? 0))
          }
          means.append(mean)
          factors.append(factor)
        }
      }
    }
    return [y, Tensor(means, shape: outputs[1].shape), Tensor(factors, shape: outputs[2].shape)]
  }
}
