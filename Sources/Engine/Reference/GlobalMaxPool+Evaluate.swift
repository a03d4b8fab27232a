import Graph
import Tensor

extension GlobalMaxPool: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    return [
      x.reducingPlanes(T.self, to: outputs[0].shape) { plane in
        // NaN before anything.
        plane.reduce(T.lowest) { $1 > $0 || $1 != $1 ? $1 : $0 }
      }
    ]
  }
}

extension Tensor {
  /// One number for each channel of `[N, C, spatial...]`.
  func reducingPlanes<T: TensorElement>(
    _ type: T.Type, to shape: Shape, _ body: (Swift.Slice<UnsafeBufferPointer<T>>) -> T
  ) -> Tensor {
    let size = self.shape.inner(of: 1)
    return withElements(of: T.self) { source in
      Tensor(of: T.self, shape: shape) { target in
        for index in target.indices {
          target.initializeElement(at: index, to: body(source[index * size..<(index + 1) * size]))
        }
      }
    }
  }
}
