import Graph
import Tensor

extension BatchNormalization: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let parameters = try (1...4).map { try required(inputs, $0).converted(to: T.dtype).array(of: T.self) }
    let (outer, channels, inner) = (x.shape[0], x.shape[1], x.shape.inner(of: 1))
    return x.withElements(of: T.self) { source in
      [
        Tensor(of: T.self, shape: x.shape) { target in
          for channel in 0..<channels {
            let factor = parameters[0][channel] / (parameters[3][channel] + T(epsilon)).squareRoot()
            let (bias, mean) = (parameters[1][channel], parameters[2][channel])
            for sample in 0..<outer {
              let first = (sample * channels + channel) * inner
              for index in first..<first + inner {
                target.initializeElement(at: index, to: (source[index] - mean) * factor + bias)
              }
            }
          }
        }
      ]
    }
  }
}
