import Engine
import Graph
import Tensor

/// How a quantized weight stands in a graph: where to write it, and how to read it back.
///
/// The constant keeps its name, now with int8 elements; behind it a DequantizeLinear gives the real numbers, as
/// ONNX Runtime's quantizer writes it. Operator sets that do not have what is needed, DequantizeLinear from 10,
/// its axis from 13, its 16 bits and its blocks from 21, get the same as Cast, Sub and Mul, in the same order of
/// operations; for blocks between two Reshapes, of which the first makes two axes of the blocks' and the second
/// one of them again.
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
    let needed =
      switch weight.granularity {
      case .block: 21
      case _ where weight.integers.dtype.bits == 16: 21
      case .axis: 13
      case .tensor: 10
      }
    return opset >= needed
      ? dequantizeLinear(weight, name: name, fresh: fresh) : arithmetic(weight, name: name, fresh: fresh)
  }

  private static func dequantizeLinear(
    _ weight: QuantizedWeight, name: String, fresh: (String) -> String
  ) -> Insertion {
    let shape = weight.granularity.scaleShape(of: weight.integers.shape)
    let scale = fresh(name + "_scale")
    let output = fresh(name + "_dequantized")
    var inputs = [name, scale]
    var constants = [name: weight.integers, scale: Tensor(weight.scales, shape: shape)]
    if weight.hasZeroPoints {
      let zeroPoint = fresh(name + "_zero_point")
      inputs.append(zeroPoint)
      constants[zeroPoint] = Tensor(wrapping: weight.zeroPoints, as: weight.integers.dtype, shape: shape)
    }
    let attributes: [String: Attribute] =
      switch weight.granularity {
      case .tensor: [:]
      case .axis(let axis): ["axis": .int(axis)]
      case .block(let axis, let size): ["axis": .int(axis), "block_size": .int(size)]
      }
    let node = Node(
      name: output, type: DequantizeLinear.type, inputs: inputs, outputs: [output], attributes: attributes)
    return Insertion(nodes: [node], constants: constants, widths: [name: weight.bits], output: output)
  }

  private static func arithmetic(
    _ weight: QuantizedWeight, name: String, fresh: (String) -> String
  ) -> Insertion {
    let dims = weight.integers.shape.dims
    var shape: Shape = []
    var blocks: [Int]?
    switch weight.granularity {
    case .tensor: break
    case .axis(let axis):
      // Stretches along all axes but the channels'.
      shape = Shape(dims.indices.map { $0 == axis ? dims[axis] : 1 })
    case .block(let axis, let size):
      func split(_ sizes: [Int]) -> [Int] {
        dims[..<axis] + [dims[axis] / size] + sizes + dims[(axis + 1)...]
      }
      shape = Shape(split([1]))
      blocks = split([size])
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
    func reshape(_ dims: [Int], to output: String) {
      let target = fresh(output + "_shape")
      constants[target] = Tensor(dims.map { Int64($0) })
      apply(Reshape.type, target, to: output)
    }
    if let blocks { reshape(blocks, to: fresh(name + "_blocks")) }
    if weight.hasZeroPoints {
      let zeroPoint = fresh(name + "_zero_point")
      constants[zeroPoint] = Tensor(weight.zeroPoints.map { Float($0) }, shape: shape)
      widths[zeroPoint] = weight.integers.dtype.bits
      apply(Sub.type, zeroPoint, to: fresh(name + "_shifted"))
    }
    let scale = fresh(name + "_scale")
    constants[scale] = Tensor(weight.scales, shape: shape)
    apply(Mul.type, scale, to: fresh(name + (blocks == nil ? "_dequantized" : "_scaled")))
    if blocks != nil { reshape(dims, to: fresh(name + "_dequantized")) }
    return Insertion(nodes: nodes, constants: constants, widths: widths, output: value)
  }

  /// What is known of an integer constant that stands for real numbers.
  struct Reading {
    /// The values that its elements are indices of, where they are.
    var codebook: Tensor?
    /// Constants that scale it and say where zero is, or its codebook.
    var parameters: Set<String> = []
    /// The zero point, and the axis along which it lies unless it stretches over the constant as it is; with a
    /// size, it has one for each block along the axis.
    var zeroPoint: Tensor?
    var axis: Int?
    var blockSize: Int?
  }

  /// Reads the nodes between an integer constant and what uses it, the first one first.
  static func read(_ path: [Int], in typed: TypedGraph) -> Reading {
    var reading = Reading()
    for index in path {
      let node = typed.graph.nodes[index]
      // A shape is no scale.
      if typed.operators[index] is Reshape {
        reading.split(typed, node)
        continue
      }
      let operands = node.inputs.dropFirst().filter { typed.graph.constants[$0] != nil }
      reading.parameters.formUnion(operands)
      if typed.operators[index] is Gather, let name = node.input(0) {
        reading.codebook = typed.graph.constants[name]
        reading.parameters.insert(name)
      } else if let op = typed.operators[index] as? DequantizeLinear {
        reading.zeroPoint = node.input(2).flatMap { typed.graph.constants[$0] }
        let rank = node.input(0).flatMap { typed.facts[$0]?.rank } ?? 0
        reading.axis = (op.layout.axis ?? 1) + ((op.layout.axis ?? 1) < 0 ? rank : 0)
        reading.blockSize = op.layout.blockSize > 0 ? op.layout.blockSize : nil
      } else if typed.operators[index] is Sub {
        reading.zeroPoint = node.input(1).flatMap { typed.graph.constants[$0] }
      }
    }
    return reading
  }
}

extension WeightQuantization.Reading {
  /// Learns of blocks from a Reshape in front of the zero point that makes two axes of one.
  fileprivate mutating func split(_ typed: TypedGraph, _ node: Node) {
    guard zeroPoint == nil, let before = node.input(0).flatMap({ typed.facts[$0]?.dims?.sizes }),
      let after = typed.facts[node.outputs[0]]?.dims?.sizes, after.count == before.count + 1
    else { return }
    let axis = before.indices.first { before[$0] != after[$0] } ?? before.count - 1
    self.axis = axis
    blockSize = after[axis + 1]
  }

  /// The integers that stand for zero, and which elements each is for; nil where that cannot be told.
  func zeros(in integers: Tensor) -> (values: [Int], granularity: QuantizationGranularity)? {
    guard let zeroPoint else { return ([0], .tensor) }
    // Of numbers between the integers none of these stands for zero.
    let values = zeroPoint.integers ?? zeroPoint.floats.compactMap { Int(exactly: $0) }
    guard values.count == zeroPoint.count else { return nil }
    if values.count == 1 { return (values, .tensor) }
    let shape = integers.shape
    if let axis, let blockSize {
      guard axis >= 0, axis < shape.rank, blockSize > 0 else { return nil }
      let blocks = (shape[axis] + blockSize - 1) / blockSize
      guard values.count == shape.outer(of: axis) * blocks * shape.inner(of: axis) else { return nil }
      return (values, .block(axis: axis, size: blockSize))
    }
    // As a list along an axis, or with ones for all axes but one.
    let axis = zeroPoint.shape.rank == 1 ? axis : zeroPoint.shape.dims.firstIndex { $0 == values.count }
    guard let axis, axis < shape.rank, shape[axis] == values.count else { return nil }
    return (values, .axis(axis))
  }

  /// Elements of `integers` that do not stand for zero.
  func nonzero(in integers: Tensor) -> Int {
    let values = integers.integers ?? []
    if let codebook {
      let isZero = codebook.floats.map { $0 == 0 }
      return values.count { !isZero.indices.contains($0) || !isZero[$0] }
    }
    guard let zeros = zeros(in: integers) else { return values.count }
    var count = 0
    zeros.granularity.forEachRun(integers.shape) { run, place in
      let zero = zeros.values[place]
      for index in run where values[index] != zero { count += 1 }
    }
    return count
  }
}
