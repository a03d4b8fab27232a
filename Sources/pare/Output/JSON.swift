/// A JSON value whose members keep their order. Numbers are written as short as they can be read back.
enum JSON: CustomStringConvertible {
  case null
  case number(Double)
  case integer(Int)
  case text(String)
  case array([JSON])
  case object([(String, JSON)])
  /// What is JSON already.
  case raw(String)

  var description: String {
    switch self {
    case .null: "null"
    // JSON has no word for what is no number.
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .integer(let value): "\(value)"
    case .text(let text): Self.quoted(text)
    case .raw(let text): text
    case .array(let values): "[\(values.map(\.description).joined(separator: ", "))]"
    case .object(let members):
      "{\(members.map { "\(Self.quoted($0.0)): \($0.1)" }.joined(separator: ", "))}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension JSON {
  static func integer(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
}
