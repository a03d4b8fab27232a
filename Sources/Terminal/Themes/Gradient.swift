/// A run of 101 colours, from calm to alarming, as btop's themes define them.
public struct Gradient: Hashable, Sendable {
  /// 101 of them.
  public let colors: [Color]

  /// From `start` over `mid`, if there is one, to `end`; without an end, `start` throughout. The rounding is
  /// btop's.
  public init(start: Color, mid: Color? = nil, end: Color? = nil) {
    guard case .rgb(let r0, let g0, let b0) = start, case .rgb(let r2, let g2, let b2) = end else {
      colors = Array(repeating: start, count: 101)
      return
    }
    let first = [Int(r0), Int(g0), Int(b0)]
    let last = [Int(r2), Int(g2), Int(b2)]
    var middle: [Int]?
    if case .rgb(let red, let green, let blue) = mid { middle = [Int(red), Int(green), Int(blue)] }
    colors = (0...100).map { step in
      let parts = (0..<3).map { part -> UInt8 in
        guard let middle else {
          return UInt8(first[part] + step * (last[part] - first[part]) / 100)
        }
        return step <= 50
          ? UInt8(first[part] + step * (middle[part] - first[part]) / 50)
          : UInt8(middle[part] + (step - 50) * (last[part] - middle[part]) / 50)
      }
      return .rgb(parts[0], parts[1], parts[2])
    }
  }

  /// The colour at `fraction`, 0...1; beyond the ends, that of the end.
  public subscript(fraction: Double) -> Color {
    guard fraction.isFinite else { return colors[0] }
    return colors[Int((min(max(fraction, 0), 1) * 100).rounded())]
  }
}
