import Graph
import Tensor

/// Labels as a file has them, brought to the form of a task.
struct DataLabels {
  let path: String
  /// Samples that there are.
  let count: Int
  /// Names of the classes; empty where they are not known.
  let classes: [String]

  /// Tokens that are not counted, as in PyTorch (-100) and elsewhere (-1).
  static let ignored: Set<Int> = [-100, -1]

  /// - Returns: as `Dataset.labels` says.
  /// - Throws: `FormatError` where the labels are none of the task's.
  func checked(
    _ labels: Tensor?, for task: DataTask, inputs: [String: Samples], _ infos: [ValueInfo]
  ) throws(FormatError) -> Tensor? {
    if task == .fidelity { return nil }
    var labels = labels
    if labels == nil, task == .nextToken { labels = try shifted(inputs, infos) }
    guard let labels else {
      throw FormatError(
        path, "has no labels, which \(task.rawValue) needs; add array 'y', or choose --task fidelity")
    }
    guard labels.shape.dims.first == count else {
      let own = labels.shape.dims.first ?? 1
      throw FormatError(path, "has \(count) samples but \(own) labels; they do not belong together")
    }
    switch task {
    case .classification: return try classLabels(labels)
    case .regression: return try targets(labels)
    case .nextToken: return try tokens(labels)
    case .fidelity: return nil
    }
  }

  private func classLabels(_ labels: Tensor) throws(FormatError) -> Tensor {
    guard let integers = labels.integers else {
      throw FormatError(
        path, "holds labels of type \(labels.dtype); they must be whole numbers, or choose --task regression")
    }
    guard integers.count == count else {
      throw FormatError(path, "holds labels of shape \(labels.shape); there must be one number a sample")
    }
    if let index = integers.firstIndex(where: { $0 < 0 }) {
      throw FormatError(path, "label \(index) is \(integers[index]); classes are counted from 0")
    }
    if !classes.isEmpty, let index = integers.firstIndex(where: { $0 >= classes.count }) {
      throw FormatError(
        path, "label \(index) is \(integers[index]), but only \(classes.count) classes are named")
    }
    return Tensor(integers.map { Int64($0) })
  }

  private func targets(_ labels: Tensor) throws(FormatError) -> Tensor {
    let targets = labels.dtype == .float32 ? labels : Tensor(labels.floats, shape: labels.shape)
    if let index = targets.floats.firstIndex(where: { !$0.isFinite }) {
      throw FormatError(path, "label \(index) is \(targets.floats[index]); targets must be finite")
    }
    return targets
  }

  private func tokens(_ labels: Tensor) throws(FormatError) -> Tensor {
    guard let integers = labels.integers, labels.shape.rank == 2 else {
      throw FormatError(
        path,
        "holds labels of type \(labels.dtype) and shape \(labels.shape); next-token needs whole numbers, "
          + "samples x places")
    }
    if let index = integers.firstIndex(where: { $0 < 0 && !Self.ignored.contains($0) }) {
      throw FormatError(
        path, "label \(index) is \(integers[index]); tokens are counted from 0, and -100 and -1 are left out")
    }
    return Tensor(integers.map { Int64($0) }, shape: labels.shape)
  }

  /// The first input that holds tokens, each place labelled with the one behind it.
  private func shifted(_ inputs: [String: Samples], _ infos: [ValueInfo]) throws(FormatError) -> Tensor {
    let names = infos.map(\.name) + inputs.keys.sorted()
    let wholes = names.compactMap { inputs[$0] ?? (infos.count <= 1 ? inputs[Dataset.onlyInput] : nil) }
    guard let input = wholes.first(where: { $0.shape.rank == 2 && !$0.dtype.isFloatingPoint }),
      let tokens = input.tensor.integers
    else {
      throw FormatError(
        path, "has no tokens to predict: there is no input of whole numbers, samples x places; add array 'y'")
    }
    let places = input.shape[1]
    var labels = tokens.map { Int64($0) }
    for start in stride(from: 0, to: labels.count, by: max(places, 1)) {
      for place in start..<(start + places - 1) { labels[place] = labels[place + 1] }
      labels[start + places - 1] = -100
    }
    return Tensor(labels, shape: input.shape)
  }
}
