import Graph
import Tensor

extension QuantizationGranularity {
  /// - Parameter slot: the axes of the weight; without one, all elements share a scale.
  init(_ granularity: Granularity, slot: WeightSlot?) {
    switch (granularity, slot) {
    case (.channel, let slot?): self = .axis(slot.outputAxis)
    case (.block(let size), let slot?): self = .block(axis: slot.inputAxis, size: size)
    default: self = .tensor
    }
  }

  /// The shape of the scales of a tensor, as DequantizeLinear takes them.
  func scaleShape(of shape: Shape) -> Shape {
    switch self {
    case .tensor: return []
    case .axis(let axis): return [shape[axis]]
    case .block(let axis, let size):
      return Shape(shape.dims.enumerated().map { $0 == axis ? $1 / size : $1 })
    }
  }
}

/// Two neighbouring axes of three, `[outer, rows, columns]`, that change places.
struct AxisSwap {
  var outer: Int
  var rows: Int
  var columns: Int

  /// From `[outer, rows, columns]` to `[outer, columns, rows]`.
  func forwards<T>(_ values: [T]) -> [T] { Self.swapped(values, outer, rows, columns) }

  func backwards<T>(_ values: [T]) -> [T] { Self.swapped(values, outer, columns, rows) }

  private static func swapped<T>(_ values: [T], _ outer: Int, _ rows: Int, _ columns: Int) -> [T] {
    var result: [T] = []
    result.reserveCapacity(values.count)
    for matrix in 0..<outer {
      for column in 0..<columns {
        for row in 0..<rows { result.append(values[(matrix * rows + row) * columns + column]) }
      }
    }
    return result
  }
}

/// A tensor's elements so that those that share a scale lie in runs.
struct ScaleOrder {
  /// Three axes, of which the middle one counts scales.
  var shape: Shape
  /// What has to be done to the elements, and what was then done to the scales, where it is anything.
  var swap: AxisSwap?
  var scales: AxisSwap?

  /// For each element, in the tensor's own order, the index of its scale.
  var places: [Int] {
    let places = (0..<shape.count).map { $0 / shape[2] % shape[1] }
    return swap?.backwards(places) ?? places
  }
}

extension Shape {
  func order(by granularity: QuantizationGranularity) -> ScaleOrder {
    switch granularity {
    case .tensor: return ScaleOrder(shape: [1, 1, count])
    case .axis(let axis): return ScaleOrder(shape: folded(around: axis))
    case .block(let axis, let size):
      let (outer, inner) = (outer(of: axis), inner(of: axis))
      var order = ScaleOrder(shape: [1, count / size, size])
      if inner > 1 {
        order.swap = AxisSwap(outer: outer, rows: self[axis], columns: inner)
        order.scales = AxisSwap(outer: outer, rows: self[axis] / size, columns: inner)
      }
      return order
    }
  }
}
