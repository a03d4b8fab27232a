import Tensor

/// Maxima of windows of two by two that tile the input, of channels that lie side by side. Where they were is worked out
/// again on the way back: of several equal ones it is the first. Written in vectors of four, since between five places
/// in memory the compiler makes none of plain loops.
struct MaximumOfFour {
  private let lanes: Int
  private let rows: Int
  private let columns: Int

  /// - Parameters:
  ///   - rows: of windows, of all planes together.
  ///   - columns: windows a row.
  init(rows: Int, columns: Int, lanes: Int) { (self.rows, self.columns, self.lanes) = (rows, columns, lanes) }

  func forward(_ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>) {
    let stride = 2 * columns * lanes
    for row in 0..<rows {
      for column in 0..<columns {
        let x = x + 2 * row * stride + 2 * column * lanes
        let y = result + (row * columns + column) * lanes
        var lane = 0
        while lane &+ 4 <= lanes {
          Window(x + lane, lanes, stride).maximum.store(to: y + lane)
          lane &+= 4
        }
        while lane < lanes {
          Window(x + lane, lanes, stride, isSingle: ()).maximum.storeOne(to: y + lane)
          lane &+= 1
        }
      }
    }
  }

  /// Writes the gradient of every element of the input.
  func backward(
    _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) {
    let stride = 2 * columns * lanes
    for row in 0..<rows {
      for column in 0..<columns {
        let place = 2 * row * stride + 2 * column * lanes
        let (x, target) = (x + place, target + place)
        let g = gradient + (row * columns + column) * lanes
        var lane = 0
        while lane &+ 4 <= lanes {
          let parts = Window(x + lane, lanes, stride).parts(of: .load(g + lane))
          parts.0.store(to: target + lane)
          parts.1.store(to: target + lane + lanes)
          parts.2.store(to: target + lane + stride)
          parts.3.store(to: target + lane + stride + lanes)
          lane &+= 4
        }
        while lane < lanes {
          let parts = Window(x + lane, lanes, stride, isSingle: ()).parts(of: Four(repeating: g[lane]))
          parts.0.storeOne(to: target + lane)
          parts.1.storeOne(to: target + lane + lanes)
          parts.2.storeOne(to: target + lane + stride)
          parts.3.storeOne(to: target + lane + stride + lanes)
          lane &+= 1
        }
      }
    }
  }

  /// Four windows side by side.
  private struct Window {
    let (a, b, c, d): (Four, Four, Four, Four)

    @inline(__always)
    init(_ x: UnsafePointer<Float>, _ lanes: Int, _ stride: Int) {
      (a, b) = (.load(x), .load(x + lanes))
      (c, d) = (.load(x + stride), .load(x + stride + lanes))
    }

    /// One window, four times.
    @inline(__always)
    init(_ x: UnsafePointer<Float>, _ lanes: Int, _ stride: Int, isSingle: Void) {
      (a, b) = (Four(repeating: x[0]), Four(repeating: x[lanes]))
      (c, d) = (Four(repeating: x[stride]), Four(repeating: x[stride + lanes]))
    }

    @inline(__always)
    var maximum: Four {
      let first = a.replacing(with: b, where: b .> a)
      let second = first.replacing(with: c, where: c .> first)
      return second.replacing(with: d, where: d .> second)
    }

    /// A gradient at the place of the maximum, zeros at the others.
    @inline(__always)
    func parts(of gradient: Four) -> (Four, Four, Four, Four) {
      let zero = Four(repeating: 0)
      let isSecond = b .> a
      let first = a.replacing(with: b, where: isSecond)
      let isThird = c .> first
      let isFourth = d .> first.replacing(with: c, where: isThird)
      let upToThird = gradient.replacing(with: zero, where: isFourth)
      let upToSecond = upToThird.replacing(with: zero, where: isThird)
      return (
        upToSecond.replacing(with: zero, where: isSecond), zero.replacing(with: upToSecond, where: isSecond),
        zero.replacing(with: upToThird, where: isThird), zero.replacing(with: gradient, where: isFourth)
      )
    }
  }
}

private typealias Four = SIMD4<Float>

extension SIMD4<Float> {
  @inline(__always)
  fileprivate static func load(_ place: UnsafePointer<Float>) -> Self {
    UnsafeRawPointer(place).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  fileprivate func store(to place: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(place).storeBytes(of: self, as: Self.self)
  }

  @inline(__always)
  fileprivate func storeOne(to place: UnsafeMutablePointer<Float>) { place[0] = self[0] }
}
