import Graph
import Tensor

/// What repairs change in a pruned model.
struct Repaired: Sendable {
  /// Other values of the pruned graph's constants, and constants that it has not.
  private(set) var constants: [String: Tensor] = [:]
  /// What nodes read in place of what they read: by node and input.
  private(set) var inputs: [Int: [Int: String]] = [:]
  /// The weights of the layers that have a bias which they had not, by the bias.
  private(set) var biased: [String: String] = [:]
  /// Constants that nothing reads any more.
  private(set) var dropped: Set<String> = []
  /// By the name of the constant.
  private(set) var hashes: [String: ContentHash] = [:]
  private(set) var contentHash = ContentHash([])

  /// Bytes that it takes in memory, about.
  var byteCount: Int { constants.values.reduce(0) { $0 + $1.byteCount } }

  mutating func set(_ constant: String, to tensor: Tensor) { constants[constant] = tensor }

  mutating func set(input: Int, of node: Int, to constant: String) {
    inputs[node, default: [:]][input] = constant
  }

  mutating func drop(_ constant: String) {
    dropped.insert(constant)
    constants[constant] = nil
  }

  /// Notes that a layer's bias is one which it had not.
  mutating func note(bias: String, of weight: String) { biased[bias] = weight }

  /// Works out the hashes, once nothing changes any more.
  mutating func seal() {
    hashes = constants.mapValues(\.contentHash)
    contentHash = ContentHash(hashes.sorted { $0.key < $1.key }.flatMap { [ContentHash($0.key), $0.value] })
  }
}
