import Compression
import Formats
import Foundation
import Graph
import Tensor
import Workbench

/// A model: read, typed with its sizes open and with numbers for them, counted, and its channels coupled, as
/// `pare inspect` does it.
enum ONNXTarget: FuzzTarget {
  static let name = "onnx"

  /// The model lies in `model/`, beside a file for its tensors. No tensor may come of the file outside, which holds
  /// one word over and over, nor of the link that leads to it.
  private static let scratch: Scratch = {
    let scratch = Scratch(name)
    scratch.makeDirectory("model")
    scratch.write((0..<1 << 21).map { UInt8(truncatingIfNeeded: $0 * 7919) }, to: "model/weights.bin")
    scratch.write((0..<4096).map { secret[$0 % secret.count] }, to: "outside.bin")
    symlink("../outside.bin", scratch("model/link.bin"))
    return scratch
  }()
  private static let secret: [UInt8] = Array("the wolf is out.".utf8)

  static func run(_ input: [UInt8]) {
    let path = scratch.write(input, to: "model/model.onnx")
    guard let model = try? Project(path).model else { return }
    check(model.graph, input)
    look(at: model)
    let open = Set(model.graph.inputs.flatMap { ($0.dims ?? []).flatMap(\.symbols) })
    if open.isEmpty { return }
    var graph = model.graph
    graph.sizes = Dictionary(uniqueKeysWithValues: open.map { ($0, 3) })
    if let bound = try? Model(graph) { look(at: bound) }
  }

  private static func look(at model: Model) {
    let cost = Cost.count(model)
    let compressor = Compressor(model)
    for index in model.layers.indices {
      let coupling = compressor.coupling(ofLayer: index)
      _ = (coupling.layers, coupling.nodes, model.layers[index].shape.description)
    }
    _ = (cost.parameters, cost.sizeBytes, cost.macs, cost.isComplete, model.unsupported)
  }

  /// Reads every element of what is not large, and knows what lies outside of the model's directory.
  private static func check(_ graph: Graph, _ input: [UInt8]) {
    for (name, tensor) in graph.constants {
      _ = (tensor.count < 1 << 16 ? tensor.floats : [], tensor.shape.strides)
      let isStolen = tensor.withUnsafeBytes { bytes in
        bytes.count >= secret.count
          && secret.indices.contains { start in
            secret.indices.allSatisfy { bytes[$0] == secret[(start + $0) % secret.count] }
          }
      }
      guard isStolen else { continue }
      // A model may hold the words itself.
      let text = Data(input)
      let isOwn = secret.indices.contains { start in
        text.range(of: Data(secret[start...] + secret[..<start])) != nil
      }
      precondition(isOwn, "tensor '\(name)' was read outside of the model's directory")
    }
  }

  static func mutated(_ input: [UInt8], limit: Int, seed: UInt32) -> [UInt8] {
    var mutation = ProtobufMutation(seed: seed)
    return mutation.apply(to: input, limit: limit)
  }
}
