import Foundation
import Graph

/// What one position of a resized axis takes from the input's, as the standard's Resize defines it.
extension Resizing {
  struct Sample {
    /// Positions of the input with their weights; at least one.
    var taps: [(position: Int, weight: Double)]
    /// Whether the place is beyond the input's ends.
    var isOutside = false
  }

  var isNearest: Bool { if case .nearest = method { true } else { false } }

  func sample(_ position: Int, _ axis: Axis) -> Sample {
    let place = place(of: position, axis)
    let last = axis.input - 1
    var sample: Sample
    switch method {
    case .nearest(let rounding):
      let nearest = rounding.rounded(place, isShrinking: axis.scale < 1)
      sample = Sample(taps: [(Int(min(max(nearest, 0), Float(last))), 1)])
    case .linear:
      sample = taps(place, axis, reach: 1) { max(1 - abs($0), 0) }
    case .cubic(let coefficient):
      sample = taps(place, axis, reach: 2) { Self.cubic($0, Double(coefficient)) }
    }
    if coordinates == .cropAndResize { sample.isOutside = place < 0 || place > Float(last) }
    return sample
  }

  /// In single precision and in the order in which ONNX Runtime computes it, for it decides which value is nearest.
  private func place(of position: Int, _ axis: Axis) -> Float {
    let x = Float(position)
    let last = Float(axis.input - 1)
    switch coordinates {
    case .asymmetric: return x / axis.scale
    case .halfPixel: return (x + 0.5) / axis.scale - 0.5
    case .torchHalfPixel: return axis.output > 1 ? (x + 0.5) / axis.scale - 0.5 : 0
    case .tensorFlowHalfPixel: return (x + 0.5) / axis.scale
    case .alignCorners:
      // The standard's own cases take the size before it was rounded.
      return axis.output == 1 ? 0 : Float(Double(position) * Double(last) / (axis.exactOutput - 1))
    case .symmetric:
      let adjustment = Double(axis.output) / axis.exactOutput
      let shift = Double(axis.input) / 2 * (1 - adjustment)
      return Float(shift + (Double(position) + 0.5) / Double(axis.scale) - 0.5)
    case .cropAndResize:
      guard axis.output > 1 else { return 0.5 * (axis.start + axis.end) * last }
      return axis.start * last + x * (axis.end - axis.start) * last / Float(axis.output - 1)
    }
  }

  /// Positions around a place, by a filter that is 0 from `reach` on and made wider where the axis is smoothed.
  private func taps(_ place: Float, _ axis: Axis, reach: Double, _ filter: (Double) -> Double) -> Sample {
    let last = axis.input - 1
    // Beyond the ends all are the same.
    let place = min(max(Double(place), -reach), Double(axis.input) + reach)
    let density = smooths ? min(Double(axis.scale), 1) : 1
    // What is shrunk to nothing takes in the whole axis, and no more.
    let span = min(reach / density, 2 * Double(axis.input) + reach)
    var weights: [Int: Double] = [:]
    var total = 0.0
    for position in Int((place - span).rounded(.up))...Int((place + span).rounded(.down)) {
      if excludesOutside && (position < 0 || position > last) { continue }
      let weight = filter((Double(position) - place) * density)
      weights[min(max(position, 0), last), default: 0] += weight
      total += weight
    }
    guard total != 0 else { return Sample(taps: [(min(max(Int(place.rounded()), 0), last), 1)]) }
    return Sample(taps: weights.sorted { $0.key < $1.key }.map { ($0.key, $0.value / total) })
  }

  /// The cubic convolution kernel (Keys 1981).
  private static func cubic(_ x: Double, _ a: Double) -> Double {
    let x = abs(x)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}

extension Resizing.Rounding {
  func rounded(_ place: Float, isShrinking: Bool) -> Float {
    switch self {
    case .floor: place.rounded(.down)
    case .ceil: place.rounded(.up)
    case .preferFloor: (place - 0.5).rounded(.up)
    case .preferCeil: (place + 0.5).rounded(.down)
    case .simple: place.rounded(isShrinking ? .up : .towardZero)
    }
  }
}
