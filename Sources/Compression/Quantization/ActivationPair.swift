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

  var bits: Int { rule.bits }

  /// Bytes of scale and zero point.
  static let bytes = 4 + 1

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
  /// - Parameter fresh: makes a name that the graph does not have yet.
  func insertion(_ range: ActivationRanges.Range, fresh: (String) -> String) -> Insertion {
    let parameters = LinearParameters(low: range.low, high: range.high, bits: bits, scheme: rule.scheme)
    let scale = fresh(tensor + "_scale")
    let zeroPoint = fresh(tensor + "_zero_point")
    let quantized = fresh(tensor + "_quantized")
    let output = fresh(tensor + "_dequantized")
    var result = Insertion(
      nodes: [],
      constants: [
        scale: Tensor(scalar: parameters.scale), zeroPoint: Tensor(scalar: Int8(parameters.zeroPoint)),
      ],
      widths: bits < 8 ? [zeroPoint: bits] : [:], output: output)
    var source = tensor
    if bits < 8 {
      let clipped = fresh(tensor + "_clipped")
      let bounds = [fresh(tensor + "_low"), fresh(tensor + "_high")]
      let range = parameters.representable
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
    let producers = graph.producers
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
