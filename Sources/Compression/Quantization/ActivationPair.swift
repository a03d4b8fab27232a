import Graph
import Tensor

/// One tensor that is quantized and dequantized on its way to layers.
struct ActivationPair: Hashable, Sendable {
  /// A place that reads the tensor, and is to read the rounded one.
  struct Reader: Hashable, Sendable {
    var node: Int
    var input: Int
  }

  var tensor: String
  /// The rule that decides.
  var rule: ActivationRule
  /// The layer that it is of, for messages.
  var layer: Int
  var readers: [Reader]
  var mode: QuantizationMode?
  /// The value or constant whose scale it has; nil where it has its own.
  var provider: String?
  /// Whether scale and zero point stand in the graph already, as those of the provider's pair.
  var sharesConstants = false
  /// Whether the tensor leaves the graph, and is to do so rounded.
  var isOutput = false

  var bits: Int { rule.bits }
  var form: LinearForm { rule.form(mode) }

  /// Of scale and zero point.
  var bytes: Int { sharesConstants ? 0 : 4 + 1 }

  /// What a pair rounds by, and the constants that hold it.
  struct Parameters {
    var values: LinearParameters
    var scale: String
    var zeroPoint: String
  }

  /// - Throws: `CompressionError.layer` where the operator set is too old.
  func require(opset: Int, layer: String) throws(CompressionError) {
    // Clip takes its bounds as inputs from 11 on.
    let needed = bits < 8 ? 11 : 10
    guard opset >= needed else {
      throw .layer(
        layer,
        reason: "activations of \(bits) bits need operator set \(needed), and the model has \(opset); "
          + "export it again with a newer one")
    }
  }

  /// QuantizeLinear and DequantizeLinear, as ONNX Runtime's quantizer writes them. QuantizeLinear saturates at
  /// 8 bits only, so fewer bits get a Clip before it, to what the lowest and the highest integer stand for: as
  /// rounding keeps order and both stand for themselves, that is the same as to clip the integers. Symmetric
  /// 8 bits need none, for ONNX Runtime lets them saturate at -128.
  ///
  /// The zero point carries the width of the pair, by which it is known again.
  ///
  /// - Parameters:
  ///   - source: the value that is rounded, where it is not the tensor of this name.
  ///   - output: the name of the rounded one; nil for a new one.
  ///   - fresh: makes a name that the graph does not have yet.
  func insertion(
    _ parameters: Parameters, source: String? = nil, output: String? = nil, fresh: (String) -> String
  ) -> Insertion {
    let (scale, zeroPoint) = (parameters.scale, parameters.zeroPoint)
    let quantized = fresh(tensor + "_quantized")
    let output = output ?? fresh(tensor + "_dequantized")
    var result = Insertion(nodes: [], constants: [:], widths: [:], output: output)
    if !sharesConstants {
      let zero = parameters.values.zeroPoint
      result.constants[scale] = Tensor(scalar: parameters.values.scale)
      result.constants[zeroPoint] = rule.isSigned ? Tensor(scalar: Int8(zero)) : Tensor(scalar: UInt8(zero))
      if bits < 8 { result.widths[zeroPoint] = bits }
    }
    var source = source ?? tensor
    if bits < 8 {
      let clipped = fresh(tensor + "_clipped")
      let bounds = [fresh(tensor + "_low"), fresh(tensor + "_high")]
      let range = parameters.values.representable
      result.constants[bounds[0]] = Tensor(scalar: range.lowerBound)
      result.constants[bounds[1]] = Tensor(scalar: range.upperBound)
      result.nodes.append(
        Node(name: clipped, type: Clip.type, inputs: [source] + bounds, outputs: [clipped]))
      source = clipped
    }
    result.nodes.append(
      Node(
        name: quantized, type: QuantizeLinear.type, inputs: [source, scale, zeroPoint], outputs: [quantized]))
    result.nodes.append(
      Node(
        name: output, type: DequantizeLinear.type, inputs: [quantized, scale, zeroPoint], outputs: [output]))
    return result
  }
}

extension TypedGraph {
  /// The nodes that only round activations: the parts of pairs, whose outputs are no values of their own.
  var roundingNodes: Set<Int> {
    let dynamic = graph.nodes.indices.filter { index in
      (operators[index] is QuantizeLinear || operators[index] is DequantizeLinear)
        && graph.nodes[index].input(0).map { graph.constants[$0] == nil } ?? false
    }
    return Set(dynamic).union(pairClips)
  }

  /// The Clips of pairs narrower than 8 bits: those before a QuantizeLinear whose zero point has such a width.
  var pairClips: [Int] {
    let producers = producers
    return graph.nodes.indices.compactMap { index in
      let node = graph.nodes[index]
      guard operators[index] is QuantizeLinear, let zeroPoint = node.input(2),
        let bits = graph.widths[zeroPoint], bits < 8, let source = node.input(0),
        let clip = producers[source], operators[clip] is Clip
      else { return nil }
      return clip
    }
  }
}
