import Graph
import Tensor

extension MaxPool: NumericEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let windows = PlaneWindows(try window.axes(input: Array(x.shape.dims[2...])))
    let plane = x.shape.inner(of: 1)
    var positions: [Int64] = []
    let largest = x.withElements(of: T.self) { source in
      Tensor(of: T.self, shape: outputs[0].shape) { target in
        var index = 0
        for channel in 0..<x.shape[0] * x.shape[1] {
          windows.forEachPosition { position in
            var largest = T.lowest
            var found = 0
            windows.visit(at: position) { offset in
              let value = source[channel * plane + offset]
              // The first of equals, and NaN before anything.
              if value > largest || value != value {
                largest = value
                found = offset
              }
            }
            target.initializeElement(at: index, to: largest)
            if givesIndices { positions.append(Int64(channel * plane + stored(found, in: x.shape))) }
            index += 1
          }
        }
      }
    }
    return givesIndices ? [largest, Tensor(positions, shape: outputs[1].shape)] : [largest]
  }

  /// An offset within a plane as the indices count it.
  private func stored(_ offset: Int, in shape: Shape) -> Int {
    guard columnMajorIndices, offset > 0 else { return offset }
    var rest = offset
    var stride = shape.inner(of: 1)
    var result = 0
    for size in shape.dims[2...].reversed() {
      stride /= size
      result += rest % size * stride
      rest /= size
    }
    return result
  }
}
