import Graph
import Tensor

extension MaxPool: Trainable {
  func isTrainable(_ node: Node, in graph: Graph) -> Bool { !givesIndices }

  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.value(node.inputs[0])
    guard x.isFloat, (3...5).contains(x.dims.count), !x.dims.contains(0) else { return false }
    return try tape.addMaximum(x, PoolWindow(window, over: x), node)
  }
}

extension GlobalMaxPool: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.value(node.inputs[0])
    guard x.isFloat, (3...5).contains(x.dims.count), !x.dims.contains(0) else { return false }
    let (whole, one) = (Extent(Array(x.dims[2...]), fill: 1), Extent([], fill: 1))
    let none = Extent([], fill: 0)
    let window = PoolWindow(
      input: whole, output: one, kernel: whole, strides: one, dilations: one, before: none, after: none)
    return try tape.addMaximum(x, window, node)
  }
}

extension AveragePool: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.value(node.inputs[0])
    guard x.isFloat, (3...5).contains(x.dims.count), !x.dims.contains(0) else { return false }
    let window = try PoolWindow(window, over: x)
    let result = try tape.output(node, order: x.order, hasGradient: x.gradient != nil, isFree: true)
    let planes = PoolPlanes(x)
    let countsPadding = includesPadding
    tape.add(
      gives: [result],
      forward: { _ in
        planes.visit(x.floats, result.floats, window) { plane, result, _, taps in
          taps.pool(plane, window, .average(countsPadding: countsPadding), lanes: planes.lanes, into: result)
        }
      },
      backward: {
        guard let own = x.gradient, let gradient = result.gradient else { return }
        own.settle()
        planes.visit(own.floats, gradient.floats, window) { plane, gradient, _, taps in
          let divisor =
            countsPadding
            ? window.padded(at: taps.position) : taps.depths.count * taps.heights.count * taps.widths.count
          let factor = 1 / Float(max(divisor, 1))
          taps.forEach(window) { _, position in
            let target = plane + position * planes.lanes
            for lane in 0..<planes.lanes { target[lane] += gradient[lane] * factor }
          }
        }
      })
    return true
  }
}

extension Tape {
  /// Adds a maximum over windows, which notes where it was; of several equal ones it is the first.
  func addMaximum(_ x: Variable, _ window: PoolWindow, _ node: Node) throws -> Bool {
    let result = try output(node, order: x.order, hasGradient: x.gradient != nil, isFree: true)
    if window.isOfFour, x.order == .channelsLast {
      addMaximumOfFour(x, window, to: result)
      return true
    }
    let places = keep(Variable(result.dims, order: x.order, dtype: .int32, hasGradient: false))
    let chosen = places.bytes.assumingMemoryBound(to: Int32.self)
    let planes = PoolPlanes(x)
    let lanes = planes.lanes
    add(
      gives: [result],
      forward: { _ in
        planes.visit(x.floats, result.floats, window) { plane, best, offset, taps in
          taps.chooseMaximum(plane, window, lanes: lanes, into: best, chosen + offset)
        }
      },
      backward: {
        guard let own = x.gradient, let gradient = result.gradient else { return }
        // Where windows do not overlap, each element is written once.
        let isWriting = window.tilesInput && !own.startAdding()
        if !isWriting { own.settle() }
        planes.visit(own.floats, gradient.floats, window) { plane, gradient, offset, taps in
          let chosen = chosen + offset
          taps.forEach(window) { tap, position in
            let target = plane + position * lanes
            let tap = Int32(truncatingIfNeeded: tap)
            if isWriting {
              for lane in 0..<lanes { target[lane] = chosen[lane] == tap ? gradient[lane] : 0 }
            } else {
              for lane in 0..<lanes { target[lane] += chosen[lane] == tap ? gradient[lane] : 0 }
            }
          }
        }
      })
    return true
  }
}

extension Tape {
  private func addMaximumOfFour(_ x: Variable, _ window: PoolWindow, to result: Variable) {
    let step = MaximumOfFour(
      rows: x.dims[0] * window.output.depth * window.output.height, columns: window.output.width,
      lanes: x.dims[1])
    /// What is added to another reader's gradient.
    var part: Gradient?
    add(
      gives: [result], forward: { _ in step.forward(x.floats, result.floats) },
      backward: {
        guard let own = x.gradient, let gradient = result.gradient else { return }
        guard own.startAdding() else { return step.backward(x.floats, gradient.floats, own.floats) }
        let other = part ?? Gradient(count: x.count)
        part = other
        step.backward(x.floats, gradient.floats, other.floats)
        own.add(other.floats)
      })
  }
}

extension PoolWindow {
  init(_ window: SlidingWindow, over x: Variable) throws {
    let axes = try window.axes(input: Array(x.dims[2...]))
    self.init(
      input: Extent(axes.map(\.input), fill: 1), output: Extent(axes.map(\.output), fill: 1),
      kernel: Extent(axes.map(\.kernel), fill: 1), strides: Extent(axes.map(\.stride), fill: 1),
      dilations: Extent(axes.map(\.dilation), fill: 1), before: Extent(axes.map(\.padBegin), fill: 0),
      after: Extent(axes.map(\.padEnd), fill: 0))
  }

  /// Whether its windows are of two by two elements, each of which lies in exactly one.
  fileprivate var isOfFour: Bool { kernel == Extent([2, 2], fill: 1) && tilesInput }

  /// Whether each element of the input lies in exactly one window.
  fileprivate var tilesInput: Bool {
    kernel == strides && dilations == Extent([], fill: 1) && before.isZero && after.isZero
      && output.depth * kernel.depth == input.depth && output.height * kernel.height == input.height
      && output.width * kernel.width == input.width
  }
}

extension Extent {
  fileprivate var isZero: Bool { depth == 0 && height == 0 && width == 0 }
}

/// The planes of a value that are pooled alike, with the channels that lie side by side.
private struct PoolPlanes {
  let planes: Int
  let lanes: Int

  init(_ x: Variable) {
    lanes = x.order == .channelsLast ? x.dims[1] : 1
    planes = x.dims[0] * x.dims[1] / lanes
  }

  /// Calls `body` for each output position with its plane of the input, its place in the output, and how far that is
  /// from the output's begin.
  @inline(__always)
  func visit(
    _ input: UnsafeMutablePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ window: PoolWindow,
    _ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, Int, PoolTaps) -> Void
  ) {
    let (size, positions) = (window.input.product * lanes, window.output.product)
    for plane in 0..<planes {
      window.visit { position, taps in
        let offset = (plane * positions + position) * lanes
        body(input + plane * size, output + offset, offset, taps)
      }
    }
  }
}

extension PoolTaps {
  /// Calls `body` with each tap's number and its position in the plane.
  @inline(__always)
  fileprivate func forEach(_ window: PoolWindow, _ body: (Int, Int) -> Void) {
    var tap = 0
    for d in 0..<depths.count {
      for h in 0..<heights.count {
        for w in 0..<widths.count {
          body(tap, offset(d, h, w, window))
          tap += 1
        }
      }
    }
  }

  @inline(__always)
  fileprivate func chooseMaximum(
    _ plane: UnsafePointer<Float>, _ window: PoolWindow, lanes: Int, into best: UnsafeMutablePointer<Float>,
    _ chosen: UnsafeMutablePointer<Int32>
  ) {
    forEach(window) { tap, position in
      let values = plane + position * lanes
      let tap = Int32(truncatingIfNeeded: tap)
      if tap == 0 {
        for lane in 0..<lanes {
          best[lane] = values[lane]
          chosen[lane] = 0
        }
      } else {
        for lane in 0..<lanes {
          let isBetter = values[lane] > best[lane]
          best[lane] = isBetter ? values[lane] : best[lane]
          chosen[lane] = isBetter ? tap : chosen[lane]
        }
      }
    }
  }
}
