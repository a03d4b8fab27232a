import Graph
import Tensor

/// Tells arrays that have a row for each sample from those that are given once for all of them.
struct SampleAxes {
  private(set) var samples: [String: Tensor] = [:]
  private(set) var constants: [String: Tensor] = [:]

  /// An array is given once where its shape is that of the model's own input, and it does not have as many rows as
  /// there are samples: as many as labels, or as inputs have whose first axis is free.
  init(_ arrays: [String: Tensor], labels: Tensor?, inputs: [ValueInfo]) {
    let dims = Dictionary(inputs.map { ($0.name, $0.dims) }, uniquingKeysWith: { first, _ in first })
    let counts = arrays.filter { name, tensor in
      guard let own = dims[name] ?? nil else { return false }
      return own.first != nil && own[0].value == nil && own.count == tensor.shape.rank
    }
    let rows = { (tensor: Tensor) in tensor.shape.dims.first ?? 0 }
    let count =
      labels.map(rows) ?? counts.values.map(rows).max() ?? arrays.values.map(rows).max() ?? 0
    for (name, tensor) in arrays {
      if let own = dims[name] ?? nil, Self.isWhole(tensor, own), rows(tensor) != count || own.isEmpty {
        constants[name] = tensor
      } else {
        samples[name] = tensor
      }
    }
  }

  private static func isWhole(_ tensor: Tensor, _ dims: [Dim]) -> Bool {
    tensor.shape.rank == dims.count && (dims.isEmpty || dims[0].value != nil)
      && zip(tensor.shape.dims, dims).allSatisfy { $1.value == nil || $1.value == $0 }
  }
}
