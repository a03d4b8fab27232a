/// The fields of one JSON object, of which each must be known and in range.
struct StrictFields {
  /// A field's name, whatever it is.
  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { return nil }
  }

  private let container: KeyedDecodingContainer<Key>

  /// - Parameter known: the fields that the object may have.
  /// - Throws: `RecipeError` where `decoder` holds no object, or one with another field.
  init(_ decoder: any Decoder, known: [String]) throws {
    do {
      container = try decoder.container(keyedBy: Key.self)
    } catch is DecodingError {
      throw RecipeError(field: Self.path(decoder.codingPath), reason: "must be an object")
    }
    for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue })
    where !known.contains(key.stringValue) {
      throw RecipeError(
        field: path(key.stringValue),
        reason: "is not a field here; known are \(known.joined(separator: ", "))")
    }
  }

  /// Where field `name` is: `pruning[1].amount`.
  func path(_ name: String) -> String { Self.path(container.codingPath + [Key(name)]) }

  static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce("") { path, key in
      if let index = key.intValue { return "\(path)[\(index)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
  }

  func has(_ name: String) -> Bool { container.contains(Key(name)) }

  /// - Parameter what: what the field must be, for the message.
  func value<T: Decodable>(_ name: String, _ type: T.Type = T.self, mustBe what: String) throws -> T {
    do {
      return try container.decode(T.self, forKey: Key(name))
    } catch let error as RecipeError {
      throw error
    } catch DecodingError.keyNotFound {
      throw RecipeError(field: path(name), reason: "is missing")
    } catch {
      // Not only decoding errors: a number that does not fit its type comes as one of the parser's own.
      throw RecipeError(field: path(name), reason: "must be \(what)")
    }
  }

  func number(_ name: String) throws -> Double { try value(name, mustBe: "a number") }

  func number(_ name: String, default value: Double) throws -> Double {
    has(name) ? try number(name) : value
  }

  func integer(_ name: String, default value: Int, in range: PartialRangeFrom<Int>) throws -> Int {
    guard has(name) else { return value }
    let number: Int = try self.value(name, mustBe: "a whole number")
    guard range.contains(number) else {
      throw RecipeError(field: path(name), reason: "must be at least \(range.lowerBound), not \(number)")
    }
    return number
  }

  /// A width in bits, which must be given unless there is only one.
  func bits(_ name: String, in widths: [ClosedRange<Int>] = [BitWidth.quantized]) throws -> Int {
    if !has(name), widths.count == 1, widths[0].count == 1 { return widths[0].lowerBound }
    let bits: Int = try value(name, mustBe: "a whole number")
    try BitWidth.require(bits, in: widths, path(name))
    return bits
  }

  func bool(_ name: String, default value: Bool) throws -> Bool {
    has(name) ? try self.value(name, mustBe: "true or false") : value
  }

  /// One of an enumeration's words.
  func word<T: RawRepresentable & CaseIterable>(_ name: String, default value: T) throws -> T
  where T.RawValue == String {
    try choice(name, of: Array(T.allCases), named: \.rawValue, default: value)
  }

  /// One of some values, by its name.
  func choice<T>(_ name: String, of values: [T], named: (T) -> String, default value: T) throws -> T {
    guard has(name) else { return value }
    let words = values.map { "\"\(named($0))\"" }.joined(separator: " or ")
    let text: String = try self.value(name, mustBe: words)
    guard let word = values.first(where: { named($0) == text }) else {
      throw RecipeError(field: path(name), reason: "must be \(words), not \"\(text)\"")
    }
    return word
  }

  /// Names or patterns of layers, at least one.
  func layers() throws -> [String] {
    let layers: [String] = try value("layers", mustBe: "a list of names")
    guard !layers.isEmpty else { throw RecipeError(field: path("layers"), reason: "names no layer") }
    return layers
  }

  /// A list of rules, empty where it is left out.
  func list<T: Decodable>(_ name: String) throws -> [T] {
    has(name) ? try value(name, mustBe: "a list of objects") : []
  }
}

extension BitWidth {
  /// - Parameter field: where the width stands in a recipe.
  /// - Throws: `RecipeError` for one that is neither in `widths` nor 32.
  static func require(_ bits: Int, in widths: [ClosedRange<Int>], _ field: String) throws(RecipeError) {
    if bits == float || widths.contains(where: { $0.contains(bits) }) { return }
    let texts = widths.map {
      $0.count == 1 ? "be \($0.lowerBound)" : "lie between \($0.lowerBound) and \($0.upperBound)"
    }
    throw RecipeError(
      field: field,
      reason: "must \(texts.joined(separator: ", ")), or be \(float) for none, not \(bits)")
  }
}
