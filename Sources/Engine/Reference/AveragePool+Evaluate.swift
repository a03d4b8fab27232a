import Graph
import Tensor

extension AveragePool: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let windows = PlaneWindows(try window.axes(input: Array(x.shape.dims[2...])))
    let plane = x.shape.inner(of: 1)
    return x.withElements(of: T.self) { source in
      [
        Tensor(of: T.self, shape: outputs[0].shape) { target in
          var index = 0
          for channel in 0..<x.shape[0] * x.shape[1] {
            windows.forEachPosition { position in
              var sum: T = 0
              var count = 0
              windows.visit(at: position) { offset in
                sum += source[channel * plane + offset]
                count += 1
              }
              if includesPadding {
                count = zip(windows.axes, position).reduce(1) { $0 * $1.0.paddedTaps($1.1) }
              }
              target.initializeElement(at: index, to: count > 0 ? sum / T(count) : 0)
              index += 1
            }
          }
        }
      ]
    }
  }
}
