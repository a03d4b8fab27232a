/// Pillow's `resize(..., BILINEAR)`, which torchvision's `Resize` uses, to the bit: a triangle filter around half-pixel
/// centres, made wider by the factor by which the picture shrinks (antialiasing), first along rows and then along
/// columns, each rounded to bytes, in whole numbers of 22 bits behind the point (Pillow's Resample.c).
enum BilinearResampling {
  private static let fractionBits = 22

  /// The weights by which one place of the result is summed.
  private struct Window {
    var start: Int
    var weights: [Int]
  }

  static func resized(_ image: PixelImage, width: Int, height: Int) -> PixelImage {
    var result = image
    if width != image.width { result = resizedRows(result, to: width) }
    if height != image.height { result = resizedColumns(result, to: height) }
    return result
  }

  private static func windows(from size: Int, to target: Int) -> [Window] {
    let scale = Double(size) / Double(target)
    let support = max(scale, 1)
    return (0..<target).map { place in
      let centre = (Double(place) + 0.5) * scale
      let start = max(Int(centre - support + 0.5), 0)
      let end = max(min(Int(centre + support + 0.5), size), start)
      let weights = (start..<end).map { max(0, 1 - abs((Double($0) - centre + 0.5) / support)) }
      let sum = weights.reduce(0, +)
      let one = Double(1 << fractionBits)
      return Window(
        start: start, weights: weights.map { Int(0.5 + (sum == 0 ? $0 : $0 / sum) * one) })
    }
  }

  private static func resizedRows(_ image: PixelImage, to width: Int) -> PixelImage {
    let channels = image.channels
    let windows = windows(from: image.width, to: width)
    var result = [UInt8](repeating: 0, count: width * image.height * channels)
    image.bytes.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { target in
        for row in 0..<image.height {
          let from = row * image.width * channels
          for (x, window) in windows.enumerated() {
            for channel in 0..<channels {
              var sum = 1 << (fractionBits - 1)
              var at = from + window.start * channels + channel
              for weight in window.weights {
                sum += Int(source[at]) * weight
                at += channels
              }
              target[(row * width + x) * channels + channel] = UInt8(clamping: sum >> fractionBits)
            }
          }
        }
      }
    }
    return PixelImage(width: width, height: image.height, channels: channels, bytes: result)
  }

  private static func resizedColumns(_ image: PixelImage, to height: Int) -> PixelImage {
    let row = image.width * image.channels
    let windows = windows(from: image.height, to: height)
    var result = [UInt8](repeating: 0, count: row * height)
    image.bytes.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { target in
        for (y, window) in windows.enumerated() {
          for x in 0..<row {
            var sum = 1 << (fractionBits - 1)
            var at = window.start * row + x
            for weight in window.weights {
              sum += Int(source[at]) * weight
              at += row
            }
            target[y * row + x] = UInt8(clamping: sum >> fractionBits)
          }
        }
      }
    }
    return PixelImage(width: image.width, height: height, channels: image.channels, bytes: result)
  }
}
