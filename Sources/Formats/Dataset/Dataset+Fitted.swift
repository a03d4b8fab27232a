import Graph
import Tensor

extension Dataset {
  /// The samples as the network's input wants them: axes of size 1 added or taken away, or all of a sample in
  /// one row, and as float32 where the input is that and the samples are other numbers. The first axis is the
  /// samples', whatever the input says.
  ///
  /// Axes are never exchanged, so images with the channels behind do not fit a network that has them in front.
  ///
  /// - Throws: `FormatError` that says both shapes, or both types, where they do not fit.
  public func fitted(to input: ValueInfo) throws(FormatError) -> Dataset {
    let reshaped = try fitted(to: input.dims)
    guard let dtype = input.dtype, dtype != samples.dtype else { return reshaped }
    guard dtype == .float32 else {
      throw FormatError(
        name, "the samples are \(samples.dtype), but input '\(input.name)' takes \(dtype); store them so")
    }
    return reshaped.replacing(Tensor(reshaped.samples.floats, shape: reshaped.samples.shape))
  }

  /// The samples in a shape that fits `[N, ...]`; nil dims, where the rank is not known, fit everything.
  ///
  /// - Throws: `FormatError` as above.
  public func fitted(to dims: [Dim]?) throws(FormatError) -> Dataset {
    guard let dims else { return self }
    let own = Array(samples.shape.dims.dropFirst())
    guard !dims.isEmpty, let sizes = Self.fit(own, to: Array(dims.dropFirst())) else {
      let wanted = dims.map(\.description).joined(separator: "·")
      throw FormatError(
        name, "the samples' shape \(samples.shape) does not fit the network's input \(wanted)")
    }
    return sizes == own ? self : replacing(samples.reshaped(Shape([count] + sizes)))
  }

  /// The sizes that a sample of sizes `own` has as `wanted`; nil where it does not fit.
  private static func fit(_ own: [Int], to wanted: [Dim]) -> [Int]? {
    let matches = { (size: Int, dim: Dim) in dim.value == nil || dim.value == size }
    if own.count == wanted.count && zip(own, wanted).allSatisfy(matches) { return own }
    let total = own.reduce(1, *)
    if let sizes = wanted.sizes, sizes.reduce(1, *) == total {
      let isFlat = own.filter { $0 != 1 }.count <= 1 || sizes.filter { $0 != 1 }.count <= 1
      if isFlat || own.filter({ $0 != 1 }) == sizes.filter({ $0 != 1 }) { return sizes }
      return nil
    }
    if wanted.count == 1 && matches(total, wanted[0]) { return [total] }
    // With sizes that are not known: the ones that are not 1 must be as many, and go in their places.
    let rest = own.filter { $0 != 1 }
    guard rest.count == wanted.count(where: { $0.value != 1 }) else { return nil }
    var next = rest.makeIterator()
    let sizes = wanted.map { $0.value == 1 ? 1 : next.next() ?? 1 }
    return zip(sizes, wanted).allSatisfy(matches) ? sizes : nil
  }

  private func replacing(_ samples: Tensor) -> Dataset {
    Dataset(
      name: name, samples: samples, labels: labels, classes: classes, order: order,
      contentHash: ContentHash([contentHash, ContentHash("\(samples.dtype) \(samples.shape)")]))
  }
}
