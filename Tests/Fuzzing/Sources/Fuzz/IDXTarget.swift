import Formats
import Foundation
import Graph
import Tensor

/// A file of images or of labels, plain or gzipped, beside another that is sound.
enum IDXTarget: FuzzTarget {
  static let name = "idx"

  /// Four labels, and four images of 2 x 2.
  private static let scratch: Scratch = {
    let scratch = Scratch(name)
    scratch.write([0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 2, 1], to: "good-labels-idx1-ubyte")
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 2]
    scratch.write(header + (0..<16).map { UInt8($0) }, to: "good-images-idx3-ubyte")
    return scratch
  }()

  static func run(_ input: [UInt8]) {
    let path = scratch.write(input, to: "fuzz-idx")
    if let tensor = try? IDXReader.read(path: path) {
      _ = (tensor.floats, tensor.integers, tensor.shape.strides, tensor.contentHash)
    }
    let labels = scratch("good-labels-idx1-ubyte")
    let image = ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 1, .symbol("H"), .symbol("W")])
    for options in [
      DataOptions(labels: labels, inputs: [image]), DataOptions(task: .fidelity),
      DataOptions(task: .regression, labels: labels),
    ] {
      load(path, options)
    }
    load(scratch("good-images-idx3-ubyte"), DataOptions(labels: path))
    load(scratch("good-images-idx3-ubyte"), DataOptions(task: .regression, labels: path))
  }

  private static func load(_ path: String, _ options: DataOptions) {
    guard let data = try? Dataset.load(path, options) else { return }
    _ = (data.prefix(2).count, data.classLabels.count)
    if let fitted = try? data.fitted(to: options.inputs) { _ = fitted.shuffled(seed: 0).samples.count }
  }
}
