/// A copy of a part of one array to a part of another, by strides, and back.
struct Move {
  /// The innermost axis last.
  private var axes: [(size: Int, from: Int, to: Int)] = []
  private let from: Int
  private let to: Int

  /// - Parameters:
  ///   - dims: how much is copied.
  ///   - from: the first element and the strides where it comes from; 0 repeats an element.
  ///   - to: the same where it goes.
  init(_ dims: [Int], from: (first: Int, strides: [Int]), to: (first: Int, strides: [Int])) {
    (self.from, self.to) = (from.first, to.first)
    for axis in dims.indices.reversed() where dims[axis] != 1 {
      if let last = axes.last, from.strides[axis] == last.from * last.size,
        to.strides[axis] == last.to * last.size
      {
        axes[axes.count - 1].size *= dims[axis]
      } else {
        axes.append((dims[axis], from.strides[axis], to.strides[axis]))
      }
    }
    if axes.isEmpty { axes = [(1, 1, 1)] }
    axes.reverse()
  }

  func copy(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
    visit { a, b, inner in
      let (source, target) = (source + a, target + b)
      if inner.from == 1 && inner.to == 1 {
        target.update(from: source, count: inner.size)
      } else {
        for index in 0..<inner.size { target[index * inner.to] = source[index * inner.from] }
      }
    }
  }

  /// Copies gradients the other way.
  func copyBack(
    _ target: UnsafePointer<Float>, _ source: UnsafeMutablePointer<Float>, isAdding: Bool
  ) {
    visit { a, b, inner in
      let (source, target) = (source + a, target + b)
      if inner.from == 1 && inner.to == 1 {
        if isAdding {
          for index in 0..<inner.size { source[index] += target[index] }
        } else {
          source.update(from: target, count: inner.size)
        }
      } else if isAdding {
        for index in 0..<inner.size { source[index * inner.from] += target[index * inner.to] }
      } else {
        for index in 0..<inner.size { source[index * inner.from] = target[index * inner.to] }
      }
    }
  }

  @inline(__always)
  private func visit(_ body: (Int, Int, (size: Int, from: Int, to: Int)) -> Void) {
    if axes.contains(where: { $0.size == 0 }) { return }
    let inner = axes[axes.count - 1]
    var index = [Int](repeating: 0, count: axes.count)
    var (a, b) = (from, to)
    while true {
      body(a, b, inner)
      var axis = axes.count - 2
      while axis >= 0 {
        index[axis] += 1
        a += axes[axis].from
        b += axes[axis].to
        if index[axis] < axes[axis].size { break }
        a -= axes[axis].size * axes[axis].from
        b -= axes[axis].size * axes[axis].to
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
