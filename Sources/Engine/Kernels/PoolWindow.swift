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

  /// Calls `body` with each output position and the part of the input that it pools.
  @inline(__always)
  func visit(_ body: (Int, PoolTaps) -> Void) {
    var position = 0
    for d in 0..<output.depth {
      let depths = Taps(d, strides.depth, before.depth, dilations.depth, kernel.depth, input.depth)
      for h in 0..<output.height {
        let heights = Taps(h, strides.height, before.height, dilations.height, kernel.height, input.height)
        for w in 0..<output.width {
          let widths = Taps(w, strides.width, before.width, dilations.width, kernel.width, input.width)
          body(position, PoolTaps(depths: depths, heights: heights, widths: widths, at: (d, h, w)))
          position += 1
        }
      }
    }
  }

  /// Kernel positions of an output position that lie on the input or its padding; with `ceil_mode` a window may
  /// reach beyond both.
  func padded(at position: (d: Int, h: Int, w: Int)) -> Int {
    func covered(_ index: Int, _ stride: Int, _ before: Int, _ after: Int, _ kernel: Int, _ size: Int) -> Int
    {
      let start = index * stride - before
      return min(start + kernel, size + after) - start
    }
    return covered(position.d, strides.depth, before.depth, after.depth, kernel.depth, input.depth)
      * covered(position.h, strides.height, before.height, after.height, kernel.height, input.height)
      * covered(position.w, strides.width, before.width, after.width, kernel.width, input.width)
  }
}

/// The kernel positions along one axis that lie on the input: where the first is, and how many.
struct Taps {
  let start: Int
  let count: Int

  @inline(__always)
  init(_ index: Int, _ stride: Int, _ before: Int, _ dilation: Int, _ kernel: Int, _ size: Int) {
    let origin = index * stride - before
    let first = origin < 0 ? (-origin + dilation - 1) / dilation : 0
    let last = min(kernel, (size - origin + dilation - 1) / dilation)
    start = origin + first * dilation
    count = max(last - first, 0)
  }
}

/// What one output position pools.
struct PoolTaps {
  let depths: Taps
  let heights: Taps
  let widths: Taps
  let position: (d: Int, h: Int, w: Int)

  @inline(__always)
  init(depths: Taps, heights: Taps, widths: Taps, at position: (d: Int, h: Int, w: Int)) {
    self.depths = depths
    self.heights = heights
    self.widths = widths
    self.position = position
  }

  /// Pools `lanes` channels that lie side by side. The loops over lanes are what the compiler turns into vector
  /// instructions, so they are kept plain.
  @inline(__always)
  func pool(
    _ plane: UnsafePointer<Float>, _ window: PoolWindow, _ kind: PoolStep.Kind, lanes: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    let isMaximum = if case .maximum = kind { true } else { false }
    if isMaximum && depths.count == 1 && heights.count == 2 && widths.count == 2 {
      let a = plane + offset(0, 0, 0, window) * lanes
      let b = plane + offset(0, 0, 1, window) * lanes
      let c = plane + offset(0, 1, 0, window) * lanes
      let d = plane + offset(0, 1, 1, window) * lanes
      for lane in 0..<lanes {
        let upper = a[lane] > b[lane] ? a[lane] : b[lane]
        let lower = c[lane] > d[lane] ? c[lane] : d[lane]
        result[lane] = upper > lower ? upper : lower
      }
      return
    }
    result.initialize(repeating: isMaximum ? -.infinity : 0, count: lanes)
    for d in 0..<depths.count {
      for h in 0..<heights.count {
        for w in 0..<widths.count {
          let tap = plane + offset(d, h, w, window) * lanes
          if isMaximum {
            for lane in 0..<lanes { result[lane] = result[lane] > tap[lane] ? result[lane] : tap[lane] }
          } else {
            for lane in 0..<lanes { result[lane] += tap[lane] }
          }
        }
      }
    }
    guard case .average(let countsPadding) = kind else { return }
    let divisor = countsPadding ? window.padded(at: position) : depths.count * heights.count * widths.count
    let factor = 1 / Float(max(divisor, 1))
    for lane in 0..<lanes { result[lane] *= factor }
  }

  /// Positions from the start of the plane to a tap.
  @inline(__always)
  func offset(_ d: Int, _ h: Int, _ w: Int, _ window: PoolWindow) -> Int {
    let (depth, height) = (
      depths.start + d * window.dilations.depth, heights.start + h * window.dilations.height
    )
    return (depth * window.input.height + height) * window.input.width + widths.start
      + w * window.dilations.width
  }
}
