import Graph
import Tensor

/// A weight as indices into a list of values: Cast makes them what Gather takes, and Gather reads the values.
struct CodebookWeight: StoredWeight {
  /// uint8, of the weight's shape.
  private let indices: Tensor
  private let codebook: [Float]
  let bits: Int
  let nonzero: Int

  /// Every element becomes the nearest entry; of two as near, the lower. Entries that none takes are left out.
  ///
  /// - Parameters:
  ///   - entries: ascending, none twice, at most 256 with the pinned one.
  ///   - pinsZero: whether zeros have an entry of their own, which no other element takes.
  init(_ weight: Tensor, entries: [Float], pinsZero: Bool, bits: Int) {
    let shift = pinsZero ? 1 : 0
    let all = (pinsZero ? [0] : []) + entries
    let borders = zip(entries, entries.dropFirst()).map { $0 + ($1 - $0) / 2 }
    let assigned = weight.withElements(of: Float.self) { values in
      values.map { UInt8(pinsZero && $0 == 0 ? 0 : borders.count(below: $0) + shift) }
    }
    self.init(assigned, shape: weight.shape, entries: all, bits: bits)
  }

  /// Entries that no index names are left out.
  ///
  /// - Parameters:
  ///   - assigned: an index into `entries` for each element.
  ///   - entries: at most 256.
  init(_ assigned: [UInt8], shape: Shape, entries: [Float], bits: Int) {
    var uses = [Int](repeating: 0, count: entries.count)
    for index in assigned { uses[Int(index)] += 1 }
    var place = [UInt8](repeating: 0, count: entries.count)
    var codebook: [Float] = []
    for index in entries.indices where uses[index] > 0 {
      place[index] = UInt8(codebook.count)
      codebook.append(entries[index])
    }
    indices = Tensor(assigned.map { place[Int($0)] }, shape: shape)
    self.codebook = codebook
    self.bits = bits
    nonzero = zip(entries, uses).reduce(0) { $0 + ($1.0 == 0 ? 0 : $1.1) }
  }

  var addedBytes: Int { 4 * codebook.count }
  var byteCount: Int { indices.byteCount + addedBytes }

  var dequantized: Tensor {
    indices.withElements(of: UInt8.self) { indices in
      Tensor(indices.map { codebook[Int($0)] }, shape: self.indices.shape)
    }
  }

  func insertion(name: String, opset: Int, fresh: (String) -> String) -> Insertion {
    let values = fresh(name + "_codebook")
    let index = fresh(name + "_index")
    let output = fresh(name + "_decoded")
    return Insertion(
      nodes: [
        Node(
          name: index, type: Cast.type, inputs: [name], outputs: [index],
          attributes: ["to": .int(DType.int32.rawValue)]),
        Node(name: output, type: Gather.type, inputs: [values, index], outputs: [output]),
      ],
      constants: [name: indices, values: Tensor(codebook)], widths: bits < 8 ? [name: bits] : [:],
      output: output)
  }
}

extension [Float] {
  /// How many of these, which ascend, are below a value.
  ///
  /// - Complexity: logarithmic.
  fileprivate func count(below value: Float) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
