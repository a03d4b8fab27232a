import Graph
import Tensor

extension LpPool: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let norm = PowerNorm(power)
    let windows = PlaneWindows(try window.axes(input: Array(x.shape.dims[2...])))
    let plane = x.shape.inner(of: 1)
    return x.withElements(of: T.self) { source in
      [
        Tensor(of: T.self, shape: outputs[0].shape) { target in
          var index = 0
          for channel in 0..<x.shape[0] * x.shape[1] {
            windows.forEachPosition { position in
              var sum = 0.0
              windows.visit(at: position) { sum += norm.term(Double(source[channel * plane + $0])) }
              target.initializeElement(at: index, to: T(norm.root(sum)))
              index += 1
            }
          }
        }
      ]
    }
  }
}
