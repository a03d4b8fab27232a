import Graph
import Tensor

extension Resize: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let shape = try layouts(inputs)[0].shape
    guard let axes = try resized(inputs.map { $0.map { Facts($0) } }) else {
      throw Mismatch("the sizes are not known")
    }
    if shape.dims.contains(0) { return [Tensor(dtype: x.dtype, shape: shape) { _ in }] }
    let samples = axes.map { axis in (0..<axis.output).map { resizing.sample($0, axis) } }
    var result = resizing.isNearest ? Self.picked(x, samples, shape) : Self.mixed(x, samples, shape)
    if resizing.coordinates == .cropAndResize { result = extrapolated(result, samples) }
    return [result]
  }

  /// Each element is one of the input's, of any type.
  private static func picked(_ x: Tensor, _ samples: [[Resizing.Sample]], _ shape: Shape) -> Tensor {
    let strides = x.shape.strides
    var starts = [0]
    for (axis, samples) in samples.enumerated() {
      let steps = samples.map { $0.taps[0].position * strides[axis] }
      starts = starts.flatMap { start in steps.map { start + $0 } }
    }
    return x.picked(starts, shape: shape)
  }

  /// Each element is a sum of the input's with weights, axis by axis.
  private static func mixed(_ x: Tensor, _ samples: [[Resizing.Sample]], _ shape: Shape) -> Tensor {
    var values = x.doubles
    var sizes = x.shape
    for (axis, samples) in samples.enumerated() where !samples.isIdentity(of: sizes[axis]) {
      let (size, inner, count) = (sizes[axis], sizes.inner(of: axis), samples.count)
      var mixed = [Double](repeating: 0, count: sizes.outer(of: axis) * count * inner)
      for block in 0..<sizes.outer(of: axis) {
        for (k, sample) in samples.enumerated() {
          let target = (block * count + k) * inner
          for tap in sample.taps {
            let source = (block * size + tap.position) * inner
            for i in 0..<inner { mixed[target + i] += tap.weight * values[source + i] }
          }
        }
      }
      values = mixed
      sizes.dims[axis] = count
    }
    return Tensor(values, shape: shape).converted(to: x.dtype)
  }

  /// With the given value at all places that are outside along some axis.
  private func extrapolated(_ x: Tensor, _ samples: [[Resizing.Sample]]) -> Tensor {
    var isOutside = [false]
    for samples in samples {
      isOutside = isOutside.flatMap { outside in samples.map { outside || $0.isOutside } }
    }
    let value = Tensor(scalar: resizing.extrapolation).converted(to: x.dtype).spread
    return value.withUnsafeBytes { value in
      x.moved(to: x.shape) { source, target, width in
        for (index, outside) in isOutside.enumerated() {
          target.copy(
            width, from: outside ? value : source, at: outside ? 0 : index * width, to: index * width)
        }
      }
    }
  }
}

extension Upsample: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try resize.evaluate(inputs) }
}

extension [Resizing.Sample] {
  fileprivate func isIdentity(of size: Int) -> Bool {
    count == size
      && enumerated().allSatisfy { index, sample in
        sample.taps.allSatisfy { $0.weight == 0 || $0.weight == 1 && $0.position == index }
      }
  }
}
