import Foundation

extension Decoder {
  /// A container in which a key that is not of `type` is an error, because it is most likely a misspelt one.
  func container<Key: CodingKey & CaseIterable>(
    knowing type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let known = Set(Key.allCases.map(\.stringValue))
    let found = try container(keyedBy: AnyKey.self).allKeys
    for key in found.sorted(by: { $0.stringValue < $1.stringValue }) where !known.contains(key.stringValue) {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: codingPath + [key],
          debugDescription: "is unknown; there are \(Key.allCases.map(\.stringValue).joined(separator: ", "))"
        ))
    }
    return try container(keyedBy: type)
  }
}

extension KeyedDecodingContainer {
  /// One of the words of a type, where there is one.
  func decodeWord<Word: RawRepresentable<String> & CaseIterable>(
    _ type: Word.Type, forKey key: Key
  ) throws -> Word? {
    guard let text = try decodeIfPresent(String.self, forKey: key) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
    throw DecodingError.dataCorruptedError(
      forKey: key, in: self, debugDescription: "is '\(text)', but must be one of \(words)")
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension DecodingError {
  /// For a person: the key, and what is wrong with it.
  var sentence: String {
    switch self {
    case .keyNotFound(let key, let context): "key '\(Self.path(context.codingPath + [key]))' is missing"
    case .valueNotFound(let type, let context):
      "key '\(Self.path(context.codingPath))' is null, but should be \(Self.name(type))"
    case .typeMismatch(let type, let context):
      context.codingPath.isEmpty
        ? "should be \(Self.name(type))"
        : "key '\(Self.path(context.codingPath))' should be \(Self.name(type))"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "is not JSON: \(Self.reason(context))"
        : "key '\(Self.path(context.codingPath))' \(context.debugDescription)"
    @unknown default: "is not as it should be: \(self)"
    }
  }

  /// `preprocessing.mean[1]`.
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce("") { path, key in
      if let index = key.intValue { return "\(path)[\(index)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
  }

  private static func name(_ type: any Any.Type) -> String {
    switch type {
    case is String.Type: "text"
    case is Int.Type: "a whole number"
    case is Float.Type, is Double.Type: "a number"
    case is [String: Any].Type: "an object"
    default: "\(type)".hasPrefix("Dictionary") || "\(type)".contains("Keyed") ? "an object" : "a list"
    }
  }

  /// Foundation keeps the line and column in an error within the error.
  private static func reason(_ context: Context) -> String {
    guard let error = context.underlyingError as NSError? else { return context.debugDescription }
    return error.userInfo["NSDebugDescription"] as? String ?? context.debugDescription
  }
}
