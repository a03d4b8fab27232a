import Graph
import Tensor

/// How a quantized weight stands in a graph: where to write it, and how to read it back.
///
/// The constant keeps its name, now with int8 elements; behind it a DequantizeLinear gives the real numbers, as
/// ONNX Runtime's quantizer writes it. Operator sets that do not have what is needed, DequantizeLinear from 10,
/// its axis from 13 and its 16 bits from 21, get the same as Cast, Sub and Mul, in the same order of operations.
enum WeightQuantization {
  /// - Throws: `CompressionError.layer` where the operator set is too old for either form.
  static func require(_ scheme: WeightScheme, opset: Int, layer: String) throws(CompressionError) {
    // Cast knows bfloat16 from 13 on.
    let needed = scheme == .bfloat16 ? 13 : 7
    guard opset >= needed else {
      throw .layer(
        layer,
        reason: "weights can be quantized\(scheme == .bfloat16 ? " to bfloat16" : "") from operator set "
          + "\(needed) on, and the model has \(opset); export it again with a newer one")
    }
  }

  /// The nodes and constants for one weight.
  ///
  /// - Parameters:
  ///   - name: of the weight's constant.
  ///   - fresh: makes a name that the graph does not have yet.
  static func insertion(
    _ weight: QuantizedWeight, name: String, opset: Int, fresh: (String) -> String
  ) -> Insertion {
    opset >= (weight.integers.dtype.bits > 8 ? 21 : weight.axis == nil ? 10 : 13)
      ? dequantizeLinear(weight, name: name, fresh: fresh) : arithmetic(weight, name: name, fresh: fresh)
  }

  private static func dequantizeLinear(
    _ weight: QuantizedWeight, name: String, fresh: (String) -> String
  ) -> Insertion {
    let shape: Shape = weight.axis == nil ? [] : [weight.scales.count]
    let scale = fresh(name + "_scale")
    let output = fresh(name + "_dequantized")
    var inputs = [name, scale]
    var constants = [name: weight.integers, scale: Tensor(weight.scales, shape: shape)]
    if weight.hasZeroPoints {
      let zeroPoint = fresh(name + "_zero_point")
      inputs.append(zeroPoint)
      constants[zeroPoint] = Tensor(wrapping: weight.zeroPoints, as: weight.integers.dtype, shape: shape)
    }
    let node = Node(
      name: output, type: DequantizeLinear.type, inputs: inputs, outputs: [output],
      attributes: weight.axis.map { ["axis": .int($0)] } ?? [:])
    return Insertion(nodes: [node], constants: constants, widths: [name: weight.bits], output: output)
  }

  private static func arithmetic(
    _ weight: QuantizedWeight, name: String, fresh: (String) -> String
  ) -> Insertion {
    // Stretches along all axes but the channels'.
    let rank = weight.integers.shape.rank
    let shape = weight.axis.map { axis in
      Shape((0..<rank).map { $0 == axis ? weight.scales.count : 1 })
    }
    var constants = [name: weight.integers]
    var widths = [name: weight.bits]
    var value = fresh(name + "_float")
    var nodes = [
      Node(
        name: value, type: Cast.type, inputs: [name], outputs: [value],
        attributes: ["to": .int(DType.float32.rawValue)])
    ]
    func apply(_ type: OperatorType, _ operand: String, to output: String) {
      nodes.append(Node(name: output, type: type, inputs: [value, operand], outputs: [output]))
      value = output
    }
    if weight.hasZeroPoints {
      let zeroPoint = fresh(name + "_zero_point")
      constants[zeroPoint] = Tensor(weight.zeroPoints.map { Float($0) }, shape: shape ?? [])
      widths[zeroPoint] = weight.integers.dtype.bits
      apply(Sub.type, zeroPoint, to: fresh(name + "_shifted"))
    }
    let scale = fresh(name + "_scale")
    constants[scale] = Tensor(weight.scales, shape: shape ?? [])
    apply(Mul.type, scale, to: fresh(name + "_dequantized"))
    return Insertion(nodes: nodes, constants: constants, widths: widths, output: value)
  }

  /// What is known of an integer constant that stands for real numbers.
  struct Reading {
    /// The values that its elements are indices of, where they are.
    var codebook: Tensor?
    /// Constants that scale it and say where zero is, or its codebook.
    var parameters: Set<String> = []
    /// The zero point, and the axis along which it lies unless it stretches over the constant as it is.
    var zeroPoint: Tensor?
    var axis: Int?
  }

  /// Reads the nodes between an integer constant and what uses it, the first one first.
  static func read(_ path: [Int], in typed: TypedGraph) -> Reading {
    var reading = Reading()
    for index in path {
      let node = typed.graph.nodes[index]
      let operands = node.inputs.dropFirst().filter { typed.graph.constants[$0] != nil }
      reading.parameters.formUnion(operands)
      if typed.operators[index] is Gather, let name = node.input(0) {
        reading.codebook = typed.graph.constants[name]
        reading.parameters.insert(name)
      } else if let op = typed.operators[index] as? DequantizeLinear {
        reading.zeroPoint = node.input(2).flatMap { typed.graph.constants[$0] }
        let rank = node.input(0).flatMap { typed.facts[$0]?.rank } ?? 0
        reading.axis = (op.layout.axis ?? 1) + ((op.layout.axis ?? 1) < 0 ? rank : 0)
      } else if typed.operators[index] is Sub {
        reading.zeroPoint = node.input(1).flatMap { typed.graph.constants[$0] }
      }
    }
    return reading
  }
}

extension WeightQuantization.Reading {
  /// Elements of `integers` that do not stand for zero.
  func nonzero(in integers: Tensor) -> Int {
    let values = integers.integers ?? []
    if let codebook {
      let isZero = codebook.floats.map { $0 == 0 }
      return values.count { !isZero.indices.contains($0) || !isZero[$0] }
    }
    guard let zeroPoint else { return values.count { $0 != 0 } }
    let zeros = zeroPoint.integers ?? zeroPoint.floats.map { Int($0) }
    if zeros.count == 1 { return values.count { $0 != zeros[0] } }
    // As a list along an axis, or with ones for all axes but one.
    let axis = zeroPoint.shape.rank == 1 ? axis : zeroPoint.shape.dims.firstIndex { $0 == zeros.count }
    guard let axis, axis < integers.shape.rank, integers.shape[axis] == zeros.count else {
      return values.count
    }
    var count = 0
    integers.shape.forEachRun(along: axis) { channel, run in
      for index in run where values[index] != zeros[channel] { count += 1 }
    }
    return count
  }
}
