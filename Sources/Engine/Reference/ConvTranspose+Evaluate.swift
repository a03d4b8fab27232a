import Graph
import Tensor

extension ConvTranspose: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let (x, w) = (try required(inputs, 0), try required(inputs, 1))
    let shape = outputs[0].shape
    let spread = PlaneSpread(try axes(data: x.shape, weight: w.shape))
    let (inPlane, outPlane, taps) = (x.shape.inner(of: 1), shape.inner(of: 1), w.shape.inner(of: 1))
    let (channels, perGroup) = (x.shape[1], w.shape[1])
    let bias = optional(inputs, 2)?.array(of: T.self)
    return x.withElements(of: T.self) { data in
      w.withElements(of: T.self) { weight in
        [
          Tensor(of: T.self, shape: shape) { target in
            for plane in 0..<shape[0] * shape[1] {
              target[plane * outPlane..<(plane + 1) * outPlane].initialize(
                repeating: bias?[plane % shape[1]] ?? 0)
            }
            for sample in 0..<shape[0] {
              for channel in 0..<channels {
                let input = (sample * channels + channel) * inPlane
                let first = channel / (channels / group) * perGroup
                for filter in 0..<perGroup {
                  let output = (sample * shape[1] + first + filter) * outPlane
                  let kernel = (channel * perGroup + filter) * taps
                  spread.visit { source, tap, destination in
                    target[output + destination] += data[input + source] * weight[kernel + tap]
                  }
                }
              }
            }
          }
        ]
      }
    }
  }
}

/// To where each element of a plane is spread by each kernel position.
struct PlaneSpread {
  private let axes: [ConvTranspose.Axis]

  init(_ axes: [ConvTranspose.Axis]) { self.axes = axes }

  /// Calls `body` with offsets in the input's plane, in the kernel and in the output's plane.
  func visit(_ body: (_ input: Int, _ tap: Int, _ output: Int) -> Void) { walk(0, 0, 0, 0, body) }

  private func walk(_ index: Int, _ input: Int, _ tap: Int, _ output: Int, _ body: (Int, Int, Int) -> Void) {
    let axis = axes[index]
    for position in 0..<axis.input {
      for kernel in axis.taps(position) {
        let target = position * axis.stride + kernel * axis.dilation - axis.padBegin
        let (i, k, o) = (
          input * axis.input + position, tap * axis.kernel + kernel, output * axis.output + target
        )
        if index == axes.count - 1 { body(i, k, o) } else { walk(index + 1, i, k, o, body) }
      }
    }
  }
}

extension ConvTranspose.Axis {
  /// The kernel positions by which an element is spread to where the output is.
  fileprivate func taps(_ position: Int) -> Range<Int> {
    let start = position * stride - padBegin
    let first = start < 0 ? (-start + dilation - 1) / dilation : 0
    let end = start < output ? min(kernel, (output - 1 - start) / dilation + 1) : 0
    return first..<max(first, end)
  }

  /// The element that a kernel position spreads to an output position, if there is one.
  func source(of output: Int, tap: Int) -> Int? {
    let distance = output + padBegin - tap * dilation
    guard distance >= 0, distance % stride == 0, distance / stride < input else { return nil }
    return distance / stride
  }
}
