import Formats
import Foundation
import Graph
import Tensor

/// An array or an archive of arrays. An array is also read out of an archive that is whole, whose checksum no mutation
/// would find.
enum NumPyTarget: FuzzTarget {
  static let name = "numpy"

  private static let scratch = Scratch(name)
  private static let options = DataOptions(inputs: [
    ValueInfo(name: "a", dtype: .float32, dims: [.symbol("N"), 3]),
    ValueInfo(name: "b", dtype: .int64, dims: [2]),
  ])

  static func run(_ input: [UInt8]) {
    if input.starts(with: Array("PK".utf8)) {
      readArchive(scratch.write(input, to: "whole.npz"))
      return
    }
    if let tensor = try? NPYReader.read(path: scratch.write(input, to: "x.npy")) { look(at: tensor) }
    readArchive(scratch.write(StoredZip.bytes(name: "x.npy", input), to: "x.npz"))
  }

  private static func readArchive(_ path: String) {
    for tensor in ((try? NPZReader.read(path: path)) ?? [:]).values { look(at: tensor) }
    for options in [DataOptions(), options, DataOptions(task: .regression)] {
      guard let data = try? Dataset.load(path, options) else { continue }
      _ = (data.prefix(2).count, data.classLabels.count)
      if let fitted = try? data.fitted(to: options.inputs) { _ = fitted.shuffled(seed: 0).samples.count }
    }
  }

  private static func look(at tensor: Tensor) {
    _ = (tensor.floats, tensor.integers, tensor.shape.strides, tensor.contentHash)
  }
}
