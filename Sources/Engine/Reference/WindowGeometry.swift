import Graph

extension SlidingWindow.Axis {
  /// Where the window of output position `output` begins, counted from the first real element.
  func start(_ output: Int) -> Int { output * stride - padBegin }

  /// The kernel positions whose element at output position `output` is a real one.
  func realTaps(_ output: Int) -> Range<Int> {
    let start = start(output)
    let first = start < 0 ? (-start + dilation - 1) / dilation : 0
    let end = start < input ? min(kernel, (input - 1 - start) / dilation + 1) : 0
    return first..<max(first, end)
  }

  /// How many kernel positions at output position `output` lie on the input or its padding.
  func paddedTaps(_ output: Int) -> Int {
    let room = input + padEnd - start(output)
    return room > 0 ? min(kernel, (room - 1) / dilation + 1) : 0
  }

  /// The output positions at which kernel position `tap` lies on a real element.
  func outputs(tap: Int) -> Range<Int> {
    let shift = padBegin - tap * dilation
    let first = shift > 0 ? (shift + stride - 1) / stride : 0
    let end = input - 1 + shift >= 0 ? min(output, (input - 1 + shift) / stride + 1) : 0
    return first..<max(first, end)
  }
}

/// The windows over one plane, `[spatial...]`, of a pooling.
struct PlaneWindows {
  let axes: [SlidingWindow.Axis]
  private let strides: [Int]

  init(_ axes: [SlidingWindow.Axis]) {
    self.axes = axes
    var stride = 1
    var strides: [Int] = []
    for axis in axes.reversed() {
      strides.append(stride)
      stride *= axis.input
    }
    self.strides = strides.reversed()
  }

  /// Calls `body` with the offset of every real element under the window at `position`.
  func visit(at position: [Int], _ body: (Int) -> Void) { walk(position, 0, 0, body) }

  private func walk(_ position: [Int], _ index: Int, _ base: Int, _ body: (Int) -> Void) {
    let axis = axes[index]
    let start = axis.start(position[index])
    for tap in axis.realTaps(position[index]) {
      let offset = base + (start + tap * axis.dilation) * strides[index]
      if index == axes.count - 1 { body(offset) } else { walk(position, index + 1, offset, body) }
    }
  }

  /// Calls `body` with every output position of the plane in order.
  func forEachPosition(_ body: ([Int]) -> Void) {
    if axes.contains(where: { $0.output == 0 }) { return }
    var position = [Int](repeating: 0, count: axes.count)
    while true {
      body(position)
      var index = axes.count - 1
      while index >= 0 {
        position[index] += 1
        if position[index] < axes[index].output { break }
        position[index] = 0
        index -= 1
      }
      if index < 0 { return }
    }
  }
}
