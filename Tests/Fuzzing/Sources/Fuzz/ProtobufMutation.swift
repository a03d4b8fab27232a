/// Changes a protobuf message and leaves it one: fields are taken out, doubled, put elsewhere and changed, and the lengths
/// around them follow. Without it nearly all that comes of a model is refused for its first length.
struct ProtobufMutation {
  private var random: SmallRandom

  init(seed: UInt32) { random = SmallRandom(seed: seed) }

  /// Of a quarter of the messages the bytes are changed instead.
  mutating func apply(to input: [UInt8], limit: Int) -> [UInt8] {
    guard random.below(4) > 0, var message = WireTree(input[...], depth: 0), !message.fields.isEmpty else {
      return LibFuzzer.mutated(input, limit: limit)
    }
    for _ in 0...random.below(3) { change(&message, in: message) }
    let output = message.bytes
    return output.count <= limit ? output : LibFuzzer.mutated(input, limit: limit)
  }

  /// Goes down to some field, and changes it.
  private mutating func change(_ message: inout WireTree, in whole: WireTree) {
    guard !message.fields.isEmpty else { return }
    let index = random.below(message.fields.count)
    if case .message(var inner) = message.fields[index].value, random.below(8) > 0 {
      change(&inner, in: whole)
      message.fields[index].value = .message(inner)
      return
    }
    switch random.below(8) {
    case 0: message.fields.remove(at: index)
    case 1: message.fields.insert(message.fields[index], at: random.below(message.fields.count + 1))
    case 2: message.fields.swapAt(index, random.below(message.fields.count))
    case 3:
      // A field of somewhere else, under the number of one that stands here.
      let donor = random.field(of: whole)
      let number = random.below(3) == 0 ? random.below(32) + 1 : message.fields[index].number
      message.fields.insert(
        .init(number: number, value: donor.value), at: random.below(message.fields.count + 1))
    default: changeValue(&message.fields[index].value)
    }
  }

  private mutating func changeValue(_ value: inout WireTree.Value) {
    switch value {
    case .varint(let number):
      let choices: [UInt64] = [
        0, 1, 2, 3, 7, 8, 16, 255, 1 << 20, 1 << 31, 1 << 32, 1 << 40, 1 << 62, 1 << 63, .max, .max - 1,
        number &+ 1, number &- 1, number &* 2, 0 &- number,
      ]
      value = .varint(choices[random.below(choices.count)])
    case .fixed(let bytes):
      value = .fixed(resized(LibFuzzer.mutated(bytes, limit: bytes.count), to: bytes.count))
    case .bytes(let bytes):
      value = .bytes(LibFuzzer.mutated(bytes, limit: bytes.count + 16))
    case .message(let message):
      value = .bytes(LibFuzzer.mutated(message.bytes, limit: message.bytes.count + 16))
    }
  }

  private func resized(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    Array(bytes.prefix(count)) + [UInt8](repeating: 0, count: max(count - bytes.count, 0))
  }
}

/// A protobuf message as fields in fields. Whether bytes are a message the wire does not say: they are where they can be
/// read as one and are not text.
struct WireTree {
  indirect enum Value {
    case varint(UInt64)
    case fixed([UInt8])
    case bytes([UInt8])
    case message(WireTree)
  }

  struct Field {
    var number: Int
    var value: Value
  }

  var fields: [Field] = []

  /// nil where the bytes are no message.
  init?(_ input: ArraySlice<UInt8>, depth: Int) {
    var rest = input
    while !rest.isEmpty {
      guard let tag = Self.varint(&rest), tag >> 3 > 0, tag >> 3 < 1 << 20 else { return nil }
      let number = Int(tag >> 3)
      switch tag & 7 {
      case 0:
        guard let value = Self.varint(&rest) else { return nil }
        fields.append(Field(number: number, value: .varint(value)))
      case 1, 5:
        let count = tag & 7 == 1 ? 8 : 4
        guard rest.count >= count else { return nil }
        fields.append(Field(number: number, value: .fixed(Array(rest.prefix(count)))))
        rest = rest.dropFirst(count)
      case 2:
        guard let length = Self.varint(&rest), length <= UInt64(rest.count) else { return nil }
        let bytes = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        let isText = bytes.allSatisfy { (32..<127).contains($0) }
        if !isText, depth < 16, bytes.count < 1 << 16, let inner = WireTree(bytes, depth: depth + 1) {
          fields.append(Field(number: number, value: .message(inner)))
        } else {
          fields.append(Field(number: number, value: .bytes(Array(bytes))))
        }
      default: return nil
      }
    }
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64, let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }

  var bytes: [UInt8] {
    var output: [UInt8] = []
    for field in fields {
      switch field.value {
      case .varint(let value):
        Self.append(UInt64(field.number) << 3, to: &output)
        Self.append(value, to: &output)
      case .fixed(let bytes):
        Self.append(UInt64(field.number) << 3 | (bytes.count == 8 ? 1 : 5), to: &output)
        output += bytes
      case .bytes(let bytes): Self.append(bytes, under: field.number, to: &output)
      case .message(let message): Self.append(message.bytes, under: field.number, to: &output)
      }
    }
    return output
  }

  private static func append(_ bytes: [UInt8], under number: Int, to output: inout [UInt8]) {
    append(UInt64(number) << 3 | 2, to: &output)
    append(UInt64(bytes.count), to: &output)
    output += bytes
  }

  private static func append(_ number: UInt64, to output: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(rest))
  }
}

/// Numbers that follow from libFuzzer's seed.
struct SmallRandom {
  private var state: UInt64

  init(seed: UInt32) { state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 1) % bound
  }

  /// Any field of a message that has one.
  mutating func field(of message: WireTree) -> WireTree.Field {
    var field = message.fields[below(message.fields.count)]
    while case .message(let inner) = field.value, !inner.fields.isEmpty, below(4) > 0 {
      field = inner.fields[below(inner.fields.count)]
    }
    return field
  }
}
