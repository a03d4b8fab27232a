import Graph
import Tensor

extension BatchNormalization: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    var parameters = try (1...4).map { try required(inputs, $0).converted(to: T.dtype).array(of: T.self) }
    var statistics: [Tensor] = []
    if isTraining {
      let own = try moments(T.self, of: x)
      statistics = [own.mean, own.variance].enumerated().map { index, own in
        let stored = parameters[2 + index]
        return Tensor(
          zip(stored, own).map { $0 * T(momentum) + $1 * (1 - T(momentum)) }, shape: outputs[1 + index].shape)
      }
      (parameters[2], parameters[3]) = (own.mean, own.variance)
    }
    // Where each position has parameters of its own, each is a channel.
    let positions = x.shape.dims.dropFirst().reduce(1, *)
    let (outer, channels, inner) =
      isSpatial ? (x.shape[0], x.shape[1], x.shape.inner(of: 1)) : (x.shape[0], positions, 1)
    let y = x.withElements(of: T.self) { source in
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
    }
    return [y] + statistics
  }

  /// Mean and variance of each channel.
  private func moments<T: RealElement>(_ type: T.Type, of x: Tensor) throws -> (mean: [T], variance: [T]) {
    let (outer, channels, inner) = (x.shape[0], x.shape[1], x.shape.inner(of: 1))
    return x.withElements(of: T.self) { source in
      var (means, variances): ([T], [T]) = ([], [])
      for channel in 0..<channels {
        let runs = (0..<outer).map { sample in
          source[(sample * channels + channel) * inner..<(sample * channels + channel + 1) * inner]
        }
        let count = T(outer * inner)
        let mean = runs.joined().reduce(0, +) / count
        means.append(mean)
        variances.append(runs.joined().reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count)
      }
      return (means, variances)
    }
  }
}
