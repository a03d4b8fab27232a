import Graph
import Tensor

/// One operator with its inputs' facts, and what it says about them.
struct Probe {
  let op: any Operator
  let inputs: [Facts?]
  let outputs: [Facts]

  init(
    _ type: OperatorType, _ inputs: [Facts?], _ attributes: [String: Attribute] = [:], opset: Int = 17,
    outputs: Int = 1
  ) throws {
    let node = Node(
      name: "probe", type: type, inputs: inputs.indices.map { inputs[$0] == nil ? "" : "i\($0)" },
      outputs: (0..<outputs).map { "o\($0)" }, attributes: attributes)
    op = try OperatorRegistry.resolve(node, in: Graph(opsets: ["": opset]))
    self.inputs = inputs
    self.outputs = try op.infer(inputs)
  }

  var dims: [Dim]? { outputs[0].dims }
  /// `0.1 - y.1 x16 +3`: axis 1 of input 0 is axis 1 of the output, in blocks of 16 from 3 on.
  var links: Set<String> {
    Set(
      op.links(inputs, outputs).map { link in
        Self.text(link.from) + " - " + Self.text(link.to) + (link.block == 1 ? "" : " x\(link.block)")
          + (link.offset == 0 ? "" : " +\(link.offset)")
      })
  }
  var macs: Dim { op.macs(inputs, outputs) }
  var slot: WeightSlot? { op.weightSlots(inputs).first }

  private static func text(_ axis: AxisLink.Axis) -> String {
    switch axis.side {
    case .input(let index): "\(index).\(axis.axis)"
    case .output(let index): index == 0 ? "y.\(axis.axis)" : "y\(index).\(axis.axis)"
    }
  }
}

extension Facts {
  /// A float32 value of these sizes.
  static func float(_ dims: Dim...) -> Facts { Facts(dtype: .float32, dims: dims) }

  /// A constant list of int64.
  static func list(_ numbers: Int...) -> Facts { Facts(Tensor(numbers.map { Int64($0) })) }

  /// A constant scalar of int64.
  static func number(_ number: Int) -> Facts { Facts(Tensor(scalar: Int64(number))) }

  /// A float32 constant of these sizes.
  static func weight(_ sizes: Int...) -> Facts {
    let shape = Shape(sizes)
    return Facts(Tensor([Float](repeating: 1, count: shape.count), shape: shape))
  }
}

let batch = Dim.symbol("N")
