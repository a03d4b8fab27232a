/// Turns the elements of a buffer round, between big- and little-endian.
enum ByteOrder {
  static func swap(_ bytes: UnsafeMutableRawBufferPointer, elementSize: Int) {
    switch elementSize {
    case 2: swap(bytes.bindMemory(to: UInt16.self))
    case 4: swap(bytes.bindMemory(to: UInt32.self))
    case 8: swap(bytes.bindMemory(to: UInt64.self))
    default: break
    }
  }

  private static func swap<T: FixedWidthInteger>(_ elements: UnsafeMutableBufferPointer<T>) {
    for index in elements.indices { elements[index] = elements[index].byteSwapped }
  }
}
