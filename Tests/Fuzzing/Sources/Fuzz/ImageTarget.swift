import Formats
import Foundation
import Graph

/// One picture of a class folder, PNG or JPEG by its first bytes.
enum ImageTarget: FuzzTarget {
  static let name = "image"

  private static let scratch: Scratch = {
    let scratch = Scratch(name)
    scratch.makeDirectory("data")
    scratch.makeDirectory("data/cat")
    return scratch
  }()

  static func run(_ input: [UInt8]) {
    scratch.write(input, to: "data/cat/1.png")
    load(ImageGeometry(), [.symbol("N"), 3, .unknown, .unknown])
    load(ImageGeometry(resize: 5, crop: 7), [.symbol("N"), 8, 8, 1])
  }

  private static func load(_ geometry: ImageGeometry, _ dims: [Dim]) {
    let options = DataOptions(
      preprocessing: Preprocessing(mean: [0.5], std: [0.25], geometry: geometry),
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: dims)])
    guard let data = try? Dataset.load(scratch("data"), options) else { return }
    guard let fitted = try? data.fitted(to: options.inputs).shuffled(seed: 0) else { return }
    // As numbers a picture takes four times as much.
    if let input = fitted.inputs.values.first, input.shape.count < 1 << 22 { _ = input.rows(0..<1).floats }
  }

  /// The checksums of a PNG's chunks are put right half of the time.
  static func mutated(_ input: [UInt8], limit: Int, seed: UInt32) -> [UInt8] {
    let output = LibFuzzer.mutated(input, limit: limit)
    return seed % 2 == 0 ? output : PNGChecksums.corrected(output)
  }
}
