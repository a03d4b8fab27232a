import Graph
import Tensor

extension Conv: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let (x, w) = (try required(inputs, 0), try required(inputs, 1))
    let bias = optional(inputs, 2)?.array(of: T.self)
    return [try convolve(T.self, x, w, bias: bias, to: outputs[0].shape)]
  }

  /// The sums of a convolution, with elements of any kind.
  func convolve<T: NumericElement>(_ type: T.Type, _ x: Tensor, _ w: Tensor, bias: [T]?, to shape: Shape)
    throws
    -> Tensor
  {
    let axes = try axes(data: x.shape, weight: w.shape)
    let taps = TapRuns.all(axes)
    let (inPlane, outPlane) = (x.shape.inner(of: 1), shape.inner(of: 1))
    let (channels, perGroup, filters) = (x.shape[1], w.shape[1], shape[1])
    let step = axes[axes.count - 1].stride
    return x.withElements(of: T.self) { data in
      w.withElements(of: T.self) { weight in
        Tensor(of: T.self, shape: shape) { target in
          for sample in 0..<shape[0] {
            for filter in 0..<filters {
              let output = (sample * filters + filter) * outPlane
              target[output..<output + outPlane].initialize(repeating: bias?[filter] ?? .zero)
              let firstChannel = filter / (filters / group) * perGroup
              for channel in 0..<perGroup {
                let input = (sample * channels + firstChannel + channel) * inPlane
                let kernel = (filter * perGroup + channel) * taps.count
                for (tap, runs) in taps.enumerated() {
                  let factor = weight[kernel + tap]
                  for run in runs {
                    var source = input + run.input
                    for index in output + run.output..<output + run.output + run.count {
                      target[index] = T.sum(target[index], T.product(factor, data[source]))
                      source += step
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

/// A run of neighbouring outputs along the last axis that one kernel position adds to, in offsets of a plane.
private struct TapRuns {
  let output: Int
  let input: Int
  let count: Int

  /// By kernel position, in the weight's order.
  static func all(_ axes: [SlidingWindow.Axis]) -> [[TapRuns]] {
    var taps: [[TapRuns]] = [[TapRuns(output: 0, input: 0, count: 1)]]
    for (index, axis) in axes.enumerated() {
      let isLast = index == axes.count - 1
      taps = taps.flatMap { runs in
        (0..<axis.kernel).map { tap in
          let outputs = axis.outputs(tap: tap)
          return runs.flatMap { run in
            let firstOfEach = isLast ? (outputs.isEmpty ? [] : [outputs.lowerBound]) : Array(outputs)
            return firstOfEach.map { output in
              TapRuns(
                output: run.output * axis.output + output,
                input: run.input * axis.input + axis.start(output) + tap * axis.dilation,
                count: isLast ? outputs.count : 1)
            }
          }
        }
      }
    }
    return taps
  }
}
