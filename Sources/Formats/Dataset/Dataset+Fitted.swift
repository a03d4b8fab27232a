import Graph
import Tensor

extension Dataset {
  /// The samples as a network's inputs want them, under their names: axes of size 1 added or taken away, or all of
  /// a sample in one row, and in the input's type. The first axis is the samples', whatever an input says; what is
  /// given once for all samples keeps its shape.
  ///
  /// Axes are never exchanged, so images with the channels behind do not fit a network that has them in front.
  ///
  /// - Throws: `FormatError` that says both shapes, or both types, where they do not fit, or names an input that is
  ///   not given.
  public func fitted(to infos: [ValueInfo]) throws(FormatError) -> Dataset {
    var fitted: [String: Samples] = [:]
    var fixed: [String: Tensor] = [:]
    let open = infos.filter { inputs[$0.name] == nil && constants[$0.name] == nil }
    for info in infos {
      if let constant = constants[info.name] {
        fixed[info.name] = try converted(constant, for: info)
      } else if let samples = inputs[info.name] ?? (open.count == 1 ? inputs[Self.onlyInput] : nil) {
        fitted[info.name] = try Self.fitted(samples, to: info, name)
      } else {
        throw FormatError(name, missing(open))
      }
    }
    guard !fitted.isEmpty else { throw FormatError(name, "has no samples that an input of the model takes") }
    let shapes = fitted.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.dtype) \($0.value.shape)" }
    return Dataset(
      self, inputs: fitted, constants: fixed, labels: labels, change: shapes.joined(separator: " "))
  }

  private func missing(_ open: [ValueInfo]) -> String {
    let wanted = open.map { "'\($0.name)'" }.joined(separator: ", ")
    let found = (inputs.keys.filter { $0 != Self.onlyInput } + constants.keys).sorted()
    let has = found.isEmpty ? "" : "; it has \(found.map { "'\($0)'" }.joined(separator: ", "))"
    return "has no samples for the model's inputs \(wanted)\(has); give a .npz with an array for each"
  }

  private static func fitted(
    _ samples: Samples, to info: ValueInfo, _ name: String
  ) throws(FormatError) -> Samples {
    let own = Array(samples.shape.dims.dropFirst())
    let sizes = try fittedSizes(own, to: info.dims, shape: samples.shape, name)
    if sizes == own, info.dtype == nil || info.dtype == samples.dtype { return samples }
    let count = samples.count
    let tensor = samples.tensor
    let shaped = sizes == own ? tensor : tensor.reshaped(Shape([count] + sizes))
    return Samples(try converted(shaped, to: info, name))
  }

  private func converted(_ tensor: Tensor, for info: ValueInfo) throws(FormatError) -> Tensor {
    try Self.converted(tensor, to: info, name)
  }

  /// In the input's type: numbers of any kind for floats, and whole numbers, where all fit, for whole numbers.
  private static func converted(
    _ tensor: Tensor, to info: ValueInfo, _ name: String
  ) throws(FormatError) -> Tensor {
    guard let dtype = info.dtype, dtype != tensor.dtype else { return tensor }
    if dtype.isFloatingPoint { return tensor.converted(to: dtype) }
    guard let integers = tensor.integers else {
      throw FormatError(
        name, "the samples are \(tensor.dtype), but input '\(info.name)' takes \(dtype); store them so")
    }
    let result = Tensor(wrapping: integers, as: dtype, shape: tensor.shape)
    if let index = zip(integers, result.integers ?? []).enumerated().first(where: { $1.0 != $1.1 })?.offset {
      throw FormatError(
        name, "the samples hold \(integers[index]), which is too much for input '\(info.name)' of \(dtype)")
    }
    return result
  }

  /// The sizes of a sample, without the count; nil dims, where the rank is not known, fit everything.
  private static func fittedSizes(
    _ own: [Int], to dims: [Dim]?, shape: Shape, _ name: String
  ) throws(FormatError) -> [Int] {
    guard let dims else { return own }
    guard !dims.isEmpty, let sizes = fit(own, to: Array(dims.dropFirst())) else {
      let wanted = dims.map(\.description).joined(separator: "·")
      throw FormatError(name, "the samples' shape \(shape) does not fit the network's input \(wanted)")
    }
    return sizes
  }

  /// The sizes that a sample of sizes `own` has as `wanted`; nil where it does not fit.
  private static func fit(_ own: [Int], to wanted: [Dim]) -> [Int]? {
    let matches = { (size: Int, dim: Dim) in dim.value == nil || dim.value == size }
    if own.count == wanted.count && zip(own, wanted).allSatisfy(matches) { return own }
    let total = own.reduce(1, *)
    if let sizes = wanted.sizes, wanted.reduce(Dim(1), *).value == total {
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
}
