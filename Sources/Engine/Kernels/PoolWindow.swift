/// Sizes along depth, height and width.
struct Extent: Hashable, Sendable {
  var depth: Int
  var height: Int
  var width: Int

  var product: Int { depth * height * width }

  /// From one to three sizes, the missing outer ones being `fill`.
  init(_ sizes: [Int], fill: Int) {
    let padded = Array(repeating: fill, count: 3 - sizes.count) + sizes
    (depth, height, width) = (padded[0], padded[1], padded[2])
  }
}

/// How windows lie over a plane.
struct PoolWindow: Sendable {
  var input: Extent
  var output: Extent
  var kernel: Extent
  var strides: Extent
  var dilations: Extent
  var before: Extent
  var after: Extent

  /// Calls `body` with each output position and its pooled value.
  @inline(__always)
  func forEach<Lane: PoolLane>(
    _ lane: Lane.Type, _ kind: PoolStep.Kind, _ plane: UnsafePointer<Float>, step: Int,
    _ body: (Int, Lane) -> Void
  ) {
    if case .maximum = kind, isPlainPair {
      return forEachPair(lane, plane, step, body)
    }
    var position = 0
    for d in 0..<output.depth {
      let depths = taps(d, strides.depth, before.depth, dilations.depth, kernel.depth, input.depth)
      for h in 0..<output.height {
        let heights = taps(h, strides.height, before.height, dilations.height, kernel.height, input.height)
        for w in 0..<output.width {
          let widths = taps(w, strides.width, before.width, dilations.width, kernel.width, input.width)
          body(position, pooled(lane, kind, plane, step, depths, heights, widths, at: (d, h, w)))
          position += 1
        }
      }
    }
  }

  /// A window of 2 by 2 without padding or overlap: what most networks have.
  private var isPlainPair: Bool {
    kernel == Extent([2, 2], fill: 1) && strides == Extent([2, 2], fill: 1) && output.depth == 1
      && dilations == Extent([1, 1], fill: 1) && before.product == 0 && before.height == 0
      && before.width == 0 && output.height * 2 <= input.height && output.width * 2 <= input.width
  }

  @inline(__always)
  private func forEachPair<Lane: PoolLane>(
    _ lane: Lane.Type, _ plane: UnsafePointer<Float>, _ step: Int, _ body: (Int, Lane) -> Void
  ) {
    var position = 0
    for h in 0..<output.height {
      var top = plane + h * 2 * input.width * step
      var bottom = top + input.width * step
      for _ in 0..<output.width {
        let upper = Lane.load(top).larger(Lane.load(top + step))
        let lower = Lane.load(bottom).larger(Lane.load(bottom + step))
        body(position, upper.larger(lower))
        top += 2 * step
        bottom += 2 * step
        position += 1
      }
    }
  }

  /// The kernel positions that lie on the input for output position `index`, and where the first lies.
  @inline(__always)
  private func taps(
    _ index: Int, _ stride: Int, _ before: Int, _ dilation: Int, _ kernel: Int, _ size: Int
  ) -> (start: Int, count: Int) {
    let origin = index * stride - before
    let first = origin < 0 ? (-origin + dilation - 1) / dilation : 0
    let last = min(kernel, (size - origin + dilation - 1) / dilation)
    return (origin + first * dilation, max(last - first, 0))
  }

  @inline(__always)
  private func pooled<Lane: PoolLane>(
    _ lane: Lane.Type, _ kind: PoolStep.Kind, _ plane: UnsafePointer<Float>, _ step: Int,
    _ depths: (start: Int, count: Int), _ heights: (start: Int, count: Int),
    _ widths: (start: Int, count: Int), at position: (d: Int, h: Int, w: Int)
  ) -> Lane {
    let isMaximum = if case .maximum = kind { true } else { false }
    var value = isMaximum ? Lane.bottom : Lane.load(plane).times(0)
    for d in 0..<depths.count {
      for h in 0..<heights.count {
        let row =
          ((depths.start + d * dilations.depth) * input.height + heights.start + h * dilations.height)
          * input.width
        for w in 0..<widths.count {
          let tap = Lane.load(plane + (row + widths.start + w * dilations.width) * step)
          value = isMaximum ? value.larger(tap) : value.plus(tap)
        }
      }
    }
    guard case .average(let countsPadding) = kind else { return value }
    let divisor =
      countsPadding
      ? padded(position.d, strides.depth, before.depth, after.depth, kernel.depth, input.depth)
        * padded(position.h, strides.height, before.height, after.height, kernel.height, input.height)
        * padded(position.w, strides.width, before.width, after.width, kernel.width, input.width)
      : depths.count * heights.count * widths.count
    return value.times(1 / Float(max(divisor, 1)))
  }

  /// Kernel positions that lie on the input or its padding; with `ceil_mode` a window may reach beyond both.
  private func padded(
    _ index: Int, _ stride: Int, _ before: Int, _ after: Int, _ kernel: Int, _ size: Int
  ) -> Int {
    let start = index * stride - before
    return min(start + kernel, size + after) - start
  }
}
