/// Gives layers the names by which people and recipes call them.
///
/// A layer is called after its weight, without a trailing `.weight`, `/weight` or `/kernel`. Where a machine
/// made the weight's name up, it is called after its node, without the leading `/` and the operator at the
/// end, with dots: `/l1/c1/Conv` is `l1.c1`. Where that leaves nothing, it is the operator and a number from 1:
/// `Conv_1`. Of several weights that are called after one node each has what it is to it behind the name:
/// `lstm.input`, `LSTM_1.recurrent`. The second layer that would have a name already given gets `_2` behind it, the
/// third `_3`.
struct LayerNames {
  private var given: Set<String> = []
  private var nameless: [OperatorType: Int] = [:]
  /// The last number that a name got.
  private var numbers: [String: Int] = [:]

  /// The names of a node's layers.
  ///
  /// - Parameter weights: their constants, and what each is to the node.
  mutating func next(_ weights: [(constant: String, role: String?)], node: Node) -> [String] {
    var number: Int?
    return weights.map { constant, role in
      if let name = Self.name(ofWeight: constant) { return unique(name) }
      let suffix = role.map { "." + $0 } ?? ""
      if let name = Self.name(ofNode: node) { return unique(name + suffix) }
      if let number { return unique("\(node.type.name)_\(number)\(suffix)") }
      while true {
        let next = nameless[node.type, default: 0] + 1
        nameless[node.type] = next
        let name = "\(node.type.name)_\(next)\(suffix)"
        if given.insert(name).inserted {
          number = next
          return name
        }
      }
    }
  }

  private mutating func unique(_ name: String) -> String {
    var candidate = name
    var number = numbers[name, default: 1]
    while !given.insert(candidate).inserted {
      number += 1
      candidate = "\(name)_\(number)"
    }
    numbers[name] = number
    return candidate
  }

  static func name(ofWeight weight: String) -> String? {
    let last = weight.split(separator: "/").last ?? ""
    guard !weight.isEmpty, !weight.allSatisfy({ $0.isASCII && $0.isNumber }), !weight.hasPrefix("onnx::"),
      !isConstantOutput(last)
    else { return nil }
    for suffix in [".weight", "/weight", "/kernel"] where weight.hasSuffix(suffix) {
      let name = weight.dropLast(suffix.count)
      return name.isEmpty ? nil : String(name)
    }
    return weight
  }

  /// Whether a name is what exporters call the output of a Constant node: `Constant_output_0`,
  /// `Constant_12_output_0`.
  private static func isConstantOutput(_ name: Substring) -> Bool {
    let parts = name.split(separator: "_")
    return parts.first == "Constant" && parts.count >= 3 && parts[parts.count - 2] == "output"
  }

  static func name(ofNode node: Node) -> String? {
    var parts = node.name.split(separator: "/")
    if let last = parts.last, isOperator(last, node.type.name) { parts.removeLast() }
    return parts.isEmpty ? nil : parts.joined(separator: ".")
  }

  /// Whether `text` is the operator, or the operator with a number: `Conv`, `Conv_41`.
  private static func isOperator(_ text: Substring, _ name: String) -> Bool {
    guard text.hasPrefix(name) else { return false }
    let rest = text.dropFirst(name.count)
    return rest.isEmpty || (rest.first == "_" && rest.count > 1 && rest.dropFirst().allSatisfy(\.isNumber))
  }
}
