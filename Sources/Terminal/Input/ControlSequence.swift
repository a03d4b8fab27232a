/// ESC [ … : a control sequence as terminals send it for keys and for the mouse.
package enum ControlSequence {
  package static func parse(_ bytes: ArraySlice<UInt8>) -> InputSequence {
    var index = bytes.startIndex + 2
    // The Linux console's F1 to F5 are ESC [ [ A and on.
    if index < bytes.endIndex, bytes[index] == UInt8(ascii: "[") {
      guard index + 1 < bytes.endIndex else { return .incomplete }
      let number = Int(bytes[index + 1]) - 0x40
      guard (1...5).contains(number) else { return .ignored(length: 4) }
      return .event(.key(Key(.function(number))), length: 4)
    }
    while index < bytes.endIndex, (0x20...0x3f).contains(bytes[index]) {
      // rxvt ends a shifted key with $, which the standard reserves for the middle.
      if bytes[index] == UInt8(ascii: "$"), isShiftedKey(bytes, dollar: index) {
        let number = Int(String(decoding: bytes[(bytes.startIndex + 2)..<index], as: UTF8.self)) ?? 0
        return key(tilde(number), .shift, length: index + 1 - bytes.startIndex)
      }
      index += 1
    }
    guard index < bytes.endIndex else { return .incomplete }
    let final = bytes[index]
    let length = index + 1 - bytes.startIndex
    // Something else has begun in the middle: drop what was there, and begin again with that.
    guard (0x40...0x7e).contains(final) else { return .ignored(length: length - 1) }
    let body = bytes[(bytes.startIndex + 2)..<index]
    if final == UInt8(ascii: "M"), body.isEmpty { return oldMouse(bytes) }
    if body.first == UInt8(ascii: "<") { return mouse(body.dropFirst(), final: final, length: length) }
    // Replies begin with a private mark or have intermediate bytes.
    guard body.allSatisfy({ (0x30...0x3b).contains($0) }) else { return .ignored(length: length) }
    return decode(numbers(body), final: final, length: length)
  }

  private static func isShiftedKey(_ bytes: ArraySlice<UInt8>, dollar: Int) -> Bool {
    let digits = bytes[(bytes.startIndex + 2)..<dollar]
    return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// The parameters, of which only what is before a colon counts.
  private static func numbers(_ body: ArraySlice<UInt8>) -> [Int] {
    body.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { part in
      Int(String(decoding: part.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)) ?? 0
    }
  }

  private static func decode(_ numbers: [Int], final: UInt8, length: Int) -> InputSequence {
    let first = numbers.first ?? 0
    let modifiers = Key.Modifiers(xterm: numbers.count > 1 ? numbers[1] : 1)
    switch final {
    case UInt8(ascii: "~"):
      if first == 200 { return .pasteBegins(length: length) }
      // xterm's modifyOtherKeys.
      if first == 27, numbers.count > 2 { return character(numbers[2], modifiers, length: length) }
      return key(tilde(first), modifiers, length: length)
    case UInt8(ascii: "^"): return key(tilde(first), .control, length: length)
    case UInt8(ascii: "@"): return key(tilde(first), [.control, .shift], length: length)
    case UInt8(ascii: "u"): return character(first, modifiers, length: length)
    case UInt8(ascii: "Z"): return .event(.key(Key(.backTab)), length: length)
    case UInt8(ascii: "I"): return .event(.focus(true), length: length)
    case UInt8(ascii: "O"): return .event(.focus(false), length: length)
    case UInt8(ascii: "a")...UInt8(ascii: "d"):
      return key(code(forFinal: final - 0x20), .shift, length: length)
    default: return key(code(forFinal: final), modifiers, length: length)
    }
  }

  private static func key(
    _ code: Key.Code?, _ modifiers: Key.Modifiers, length: Int
  ) -> InputSequence {
    guard let code else { return .ignored(length: length) }
    return .event(.key(Key(code, modifiers)), length: length)
  }

  /// A key that is sent by its code point, for terminals that are set to do so.
  private static func character(_ value: Int, _ modifiers: Key.Modifiers, length: Int) -> InputSequence {
    switch value {
    case 9:
      return key(modifiers.contains(.shift) ? .backTab : .tab, modifiers.subtracting(.shift), length: length)
    case 13: return key(.enter, modifiers, length: length)
    case 27: return key(.escape, modifiers, length: length)
    case 8, 127: return key(.backspace, modifiers, length: length)
    default:
      guard value >= 0x20, let number = UInt32(exactly: value), let scalar = Unicode.Scalar(number) else {
        return .ignored(length: length)
      }
      return key(.character(Character(scalar)), modifiers, length: length)
    }
  }

  /// The keys that end in a letter.
  package static func code(forFinal final: UInt8) -> Key.Code? {
    switch final {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "F"): .end
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(final) - 0x4f)
    default: nil
    }
  }

  /// The keys that end in `~`, by their number.
  private static func tilde(_ number: Int) -> Key.Code? {
    switch number {
    case 1, 7: .home
    case 2: .insert
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23...26: .function(number - 12)
    case 28, 29: .function(number - 13)
    case 31...34: .function(number - 14)
    default: nil
    }
  }

  /// Mode 1006: `b;x;y`, then M for a press or a move and m for a release.
  private static func mouse(_ body: ArraySlice<UInt8>, final: UInt8, length: Int) -> InputSequence {
    let numbers = numbers(body)
    guard numbers.count == 3, final == UInt8(ascii: "M") || final == UInt8(ascii: "m") else {
      return .ignored(length: length)
    }
    return mouse(
      numbers[0], x: numbers[1] - 1, y: numbers[2] - 1, isRelease: final == UInt8(ascii: "m"), length: length)
  }

  /// The mouse before mode 1006: three bytes, each 32 more than its value.
  private static func oldMouse(_ bytes: ArraySlice<UInt8>) -> InputSequence {
    guard bytes.count >= 6 else { return .incomplete }
    let values = bytes.dropFirst(3).prefix(3).map { Int($0) - 32 }
    let isRelease = values[0] & 0b1100_0011 == 3 && values[0] & 32 == 0
    return mouse(
      isRelease ? values[0] & ~3 : values[0], x: values[1] - 1, y: values[2] - 1, isRelease: isRelease,
      length: 6)
  }

  private static func mouse(_ bits: Int, x: Int, y: Int, isRelease: Bool, length: Int) -> InputSequence {
    guard x >= 0, y >= 0, let action = action(bits, isRelease: isRelease) else {
      return .ignored(length: length)
    }
    var modifiers: Key.Modifiers = []
    if bits & 4 != 0 { modifiers.insert(.shift) }
    if bits & 8 != 0 { modifiers.insert(.alt) }
    if bits & 16 != 0 { modifiers.insert(.control) }
    return .event(.mouse(Mouse(action, at: Point(x: x, y: y), modifiers)), length: length)
  }

  private static func action(_ bits: Int, isRelease: Bool) -> Mouse.Action? {
    if bits & 64 != 0 {
      let wheel: [Mouse.Action] = [.wheelUp, .wheelDown, .wheelLeft, .wheelRight]
      return isRelease || bits & 128 != 0 ? nil : wheel[bits & 3]
    }
    let buttons: [Mouse.Button] = [.left, .middle, .right]
    guard bits & 3 < 3, bits & 128 == 0 else { return nil }
    let button = buttons[bits & 3]
    if isRelease { return .release(button) }
    return bits & 32 != 0 ? .drag(button) : .press(button)
  }
}
