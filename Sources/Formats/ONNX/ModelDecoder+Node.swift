import Graph
import Tensor

extension ModelDecoder {
  /// NodeProto.
  func node(_ range: Range<Int>) throws(FormatError) -> Node {
    var name = ""
    var type = ""
    var domain = ""
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [Range<Int>] = []
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1: inputs.append(try text(field))
      case 2: outputs.append(try text(field))
      case 3: name = try text(field)
      case 4: type = try text(field)
      case 5: attributes.append(try bytes(field))
      case 7: domain = try text(field)
      default: break
      }
    }
    var node = Node(name: name, type: OperatorType(type, domain: domain), inputs: inputs, outputs: outputs)
    if type.isEmpty { throw fail("node '\(node.label)' has no operator") }
    var inner = self
    if node.type == "Loop" { inner.loops += 1 }
    guard inner.loops <= Self.mostLoops else {
      throw fail("holds Loops nested deeper than \(Self.mostLoops)")
    }
    for range in attributes {
      let (name, value) = try inner.attribute(range, of: node.label)
      node.attributes[name] = value
    }
    return node
  }

  /// AttributeProto. Files from before IR version 3 leave the type out; it is then that of the field in use.
  func attribute(_ range: Range<Int>, of node: String) throws(FormatError) -> (String, Attribute) {
    var parts = AttributeParts()
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1: parts.name = try text(field)
      case 2: parts.float = try float(field)
      case 3: parts.int = try int(field)
      case 4: parts.string = .some(try textIfValid(field))
      case 5: parts.tensor = try bytes(field)
      case 6: parts.graph = try bytes(field)
      case 7: try appendFloats(field, to: &parts.floats)
      case 8: try appendInts(field, to: &parts.ints)
      case 9: parts.strings.append(try textIfValid(field))
      case 20: parts.type = try int(field)
      case 21:
        let other = try text(field)
        parts.reference = other.isEmpty ? nil : other
      default: break
      }
    }
    return (parts.name, try value(of: parts, node: node))
  }

  private func value(of parts: AttributeParts, node: String) throws(FormatError) -> Attribute {
    if let reference = parts.reference { return .reference(reference) }
    switch parts.kind {
    case .float: return .float(parts.float ?? 0)
    case .int: return .int(parts.int ?? 0)
    case .string: return (parts.string ?? "").map { .string($0) } ?? .unsupported("bytes that are not text")
    case .tensor:
      guard let range = parts.tensor else {
        throw fail("attribute '\(parts.name)' of node '\(node)' is empty")
      }
      var message = try tensor(range)
      if message.isText { return .unsupported("a tensor of strings") }
      message.name = message.name.isEmpty ? "\(node).\(parts.name)" : message.name
      return .tensor(try message.value(in: self))
    case .graph:
      guard let range = parts.graph else {
        throw fail("attribute '\(parts.name)' of node '\(node)' is empty")
      }
      return .graph(try graph(range))
    case .floats: return .floats(parts.floats)
    case .ints: return .ints(parts.ints)
    case .strings:
      let strings = parts.strings.compactMap(\.self)
      return strings.count == parts.strings.count
        ? .strings(strings) : .unsupported("bytes that are not text")
    case .tensors: return .unsupported("a list of tensors")
    case .graphs: return .unsupported("a list of graphs")
    case .sparseTensor, .sparseTensors: return .unsupported("a sparse tensor")
    case .type, .types: return .unsupported("a type")
    case nil: return .unsupported("of unknown type \(parts.type ?? 0)")
    }
  }
}

/// AttributeProto.AttributeType.
enum AttributeKind: Int {
  case float = 1
  case int = 2
  case string = 3
  case tensor = 4
  case graph = 5
  case floats = 6
  case ints = 7
  case strings = 8
  case tensors = 9
  case graphs = 10
  case sparseTensor = 11
  case sparseTensors = 12
  case type = 13
  case types = 14
}

/// The fields of an AttributeProto as they come.
private struct AttributeParts {
  var name = ""
  var type: Int?
  var float: Float?
  var int: Int?
  /// `.some(nil)` for bytes that are not UTF-8.
  var string: String??
  var tensor: Range<Int>?
  var graph: Range<Int>?
  var floats: [Float] = []
  var ints: [Int] = []
  var strings: [String?] = []
  /// The name of an attribute of the function around it, which it is.
  var reference: String?

  /// The declared kind, or that of the field in use; an empty list without either counts as whole numbers.
  var kind: AttributeKind? {
    if let type, type != 0 { return AttributeKind(rawValue: type) }
    if float != nil { return .float }
    if int != nil { return .int }
    if string != nil { return .string }
    if tensor != nil { return .tensor }
    if graph != nil { return .graph }
    if !floats.isEmpty { return .floats }
    if !strings.isEmpty { return .strings }
    return .ints
  }
}
