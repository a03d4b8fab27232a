import Foundation
import Graph
import Tensor

extension LRN: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let (samples, channels, plane) = (x.shape[0], x.shape[1], x.shape.inner(of: 1))
    let y = x.withElements(of: T.self) { source in
      Tensor(of: T.self, shape: x.shape) { target in
        for sample in 0..<samples {
          for channel in 0..<channels {
            let first = max(0, channel - (size - 1) / 2)
            let last = min(channels - 1, channel + size / 2)
            for place in 0..<plane {
              let offset = { (channel: Int) in (sample * channels + channel) * plane + place }
              let sum = (first...last).reduce(0.0) { $0 + Double(source[offset($1)] * source[offset($1)]) }
              let divisor = pow(Double(bias) + Double(alpha) / Double(size) * sum, Double(beta))
              target.initializeElement(
                at: offset(channel), to: T(Double(source[offset(channel)]) / divisor))
            }
          }
        }
      }
    }
    return [y]
  }
}
