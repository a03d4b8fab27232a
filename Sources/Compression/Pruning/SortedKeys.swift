import Foundation

/// Numbers of 32 bits in ascending order, in half of their memory or less.
///
/// Only the low bits of each are kept, side by side; what is above them is a table of the values that occur, each with the
/// place where it begins. How many bits are low is what takes least: about 12 for a million weights, fewer for more. (The
/// split is that of Elias, "Efficient storage and retrieval by content and address of static files", 1974; a table in
/// place of his unary code makes a look-up two binary searches.)
package struct SortedKeys: Sendable {
  package let count: Int
  /// The low parts, in order.
  private let low: PackedNumbers
  /// The high parts that occur, ascending.
  private let high: [UInt32]
  /// Where each of them begins, and behind the last one `count`.
  private let starts: [Int]

  /// Sorts the keys of some scores.
  ///
  /// - Parameter signs: whether scores count with their sign; without, their magnitudes do.
  /// - Complexity: linear. Takes two bytes a score while it sorts, and keeps less.
  package init(_ scores: UnsafeBufferPointer<Float>, signs: Bool) {
    let buckets = KeyBuckets(scores, signs: signs)
    buckets.sort()
    let bits = buckets.cheapestSplit
    (low, high, starts) = buckets.packed(bits: bits)
    count = scores.count
  }

  /// Bytes that it takes.
  package var byteCount: Int { low.byteCount + 4 * high.count + 8 * starts.count }

  /// The key at a place.
  ///
  /// - Complexity: logarithmic.
  package subscript(place: Int) -> UInt32 {
    // The last part that begins here or before.
    let part = Self.first(in: 0, starts.count) { starts[$0] > place } - 1
    return high[part] << low.bits | low[place]
  }

  /// How many are below `key`.
  ///
  /// - Complexity: logarithmic.
  package func rank(below key: UInt32) -> Int {
    let prefix = key >> low.bits
    let part = Self.first(in: 0, high.count) { high[$0] >= prefix }
    if part == high.count || high[part] != prefix { return starts[part] }
    let rest = key & low.mask
    return Self.first(in: starts[part], starts[part + 1]) { low[$0] >= rest }
  }

  /// How many are `key` or below.
  package func rank(through key: UInt32) -> Int { key == .max ? count : rank(below: key + 1) }

  /// All keys in ascending order.
  package var all: [UInt32] {
    var all: [UInt32] = []
    all.reserveCapacity(count)
    for part in high.indices {
      for place in starts[part]..<starts[part + 1] { all.append(high[part] << low.bits | low[place]) }
    }
    return all
  }

  /// The first number of a range for which a condition holds that then holds for all behind it.
  @inline(__always)
  private static func first(in start: Int, _ end: Int, where condition: (Int) -> Bool) -> Int {
    var (low, high) = (start, end)
    while low < high {
      let middle = (low + high) / 2
      if condition(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A number that compares as a score does, not-a-number above all.
package enum ScoreKey {
  @inline(__always)
  package static func of(_ score: Float) -> UInt32 {
    let bits = score.isNaN ? Float.nan.bitPattern : score.bitPattern
    return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
  }

  package static func score(_ key: UInt32) -> Float {
    Float(bitPattern: key >> 31 == 1 ? key & 0x7fff_ffff : ~key)
  }
}

/// Keys spread over the values of their upper halves; of each only the lower half is stored.
private struct KeyBuckets {
  private let memory: UnsafeMutablePointer<UInt16>
  private let count: Int
  /// The upper half of the keys in the first bucket.
  private let first: Int
  /// Where each bucket begins, and behind the last one `count`.
  private let starts: [Int]

  init(_ scores: UnsafeBufferPointer<Float>, signs: Bool) {
    count = scores.count
    memory = PackedNumbers.allocate(halves: count)
    let mask: UInt32 = signs ? .max : 0x7fff_ffff
    @inline(__always)
    func key(_ score: Float) -> UInt32 { ScoreKey.of(Float(bitPattern: score.bitPattern & mask)) }
    var (least, greatest) = (UInt32.max, UInt32.min)
    for score in scores {
      least = min(least, key(score))
      greatest = max(greatest, key(score))
    }
    let first = Int(least >> 16)
    self.first = first
    var places = [Int](repeating: 0, count: max(Int(greatest >> 16) - first + 1, 0))
    places.withUnsafeMutableBufferPointer { places in
      for score in scores { places[Int(key(score) >> 16) - first] += 1 }
    }
    var sum = 0
    for bucket in places.indices { (places[bucket], sum) = (sum, sum + places[bucket]) }
    starts = places + [sum]
    places.withUnsafeMutableBufferPointer { [memory] places in
      for score in scores {
        let key = key(score)
        let place = places[Int(key >> 16) - first]
        memory[place] = UInt16(truncatingIfNeeded: key)
        places[Int(key >> 16) - first] = place + 1
      }
    }
  }

  /// Those that hold something.
  private var buckets: some Sequence<Int> {
    (0..<starts.count - 1).lazy.filter { starts[$0] < starts[$0 + 1] }
  }

  private func upper(_ bucket: Int) -> UInt32 { UInt32(first + bucket) << 16 }

  func sort() {
    var sorter = HalfSorter()
    for bucket in buckets {
      let places = starts[bucket]..<starts[bucket + 1]
      sorter.sort(UnsafeMutableBufferPointer(start: memory + places.lowerBound, count: places.count))
    }
  }

  /// How many low bits, 16 at most, make the least of packed numbers and table.
  var cheapestSplit: Int {
    // By the highest bit in which two neighbours differ: a table that has this bit has a line for each.
    var differences = [Int](repeating: 0, count: 33)
    var last: UInt32?
    differences.withUnsafeMutableBufferPointer { differences in
      for bucket in buckets {
        let upper = self.upper(bucket)
        var previous = last ?? (upper | UInt32(memory[starts[bucket]]))
        for place in starts[bucket]..<starts[bucket + 1] {
          let key = upper | UInt32(memory[place])
          differences[32 - (key ^ previous).leadingZeroBitCount] += 1
          previous = key
        }
        last = previous
      }
    }
    var lines = 1
    var cheapest = (bits: 16, bytes: Int.max)
    for bits in (0...32).reversed() {
      let bytes = (count * bits + 7) / 8 + 12 * lines
      if bits <= 16 && bytes < cheapest.bytes { cheapest = (bits, bytes) }
      lines += differences[bits]
    }
    return cheapest.bits
  }

  /// Packs the keys in their own memory, which then belongs to the numbers.
  func packed(bits: Int) -> (low: PackedNumbers, high: [UInt32], starts: [Int]) {
    var high: [UInt32] = []
    var begins: [Int] = []
    var packer = PackedNumbers.Packer(memory, bits: bits)
    for bucket in buckets {
      let upper = self.upper(bucket)
      var previous = high.last
      for place in starts[bucket]..<starts[bucket + 1] {
        let key = upper | UInt32(memory[place])
        if previous != key >> bits {
          previous = key >> bits
          high.append(key >> bits)
          begins.append(place)
        }
        packer.append(key)
      }
    }
    begins.append(count)
    return (packer.finished(), high, begins)
  }
}

/// Sorts numbers of 16 bits.
private struct HalfSorter {
  /// From so many on counting every value is faster than two passes of eight bits, and needs no copy.
  private static let many = 1 << 15
  private var copy: [UInt16] = []
  private var counts = [Int](repeating: 0, count: 512)

  mutating func sort(_ numbers: UnsafeMutableBufferPointer<UInt16>) {
    if numbers.count < 48 {
      Self.insert(numbers)
    } else if numbers.count < Self.many {
      radix(numbers)
    } else {
      count(numbers)
    }
  }

  private static func insert(_ numbers: UnsafeMutableBufferPointer<UInt16>) {
    for next in 1..<max(numbers.count, 1) {
      let number = numbers[next]
      var place = next
      while place > 0 && numbers[place - 1] > number {
        numbers[place] = numbers[place - 1]
        place -= 1
      }
      numbers[place] = number
    }
  }

  private mutating func radix(_ numbers: UnsafeMutableBufferPointer<UInt16>) {
    if copy.count < numbers.count { copy = [UInt16](repeating: 0, count: numbers.count) }
    counts.withUnsafeMutableBufferPointer { counts in
      for digit in 0..<512 { counts[digit] = 0 }
      for number in numbers {
        counts[Int(number & 255)] += 1
        counts[256 + Int(number >> 8)] += 1
      }
      var (first, second) = (0, 0)
      for digit in 0..<256 {
        (counts[digit], first) = (first, first + counts[digit])
        (counts[256 + digit], second) = (second, second + counts[256 + digit])
      }
      copy.withUnsafeMutableBufferPointer { copy in
        for number in numbers {
          let digit = Int(number & 255)
          copy[counts[digit]] = number
          counts[digit] += 1
        }
        for index in numbers.indices {
          let digit = 256 + Int(copy[index] >> 8)
          numbers[counts[digit]] = copy[index]
          counts[digit] += 1
        }
      }
    }
  }

  private mutating func count(_ numbers: UnsafeMutableBufferPointer<UInt16>) {
    if counts.count < 1 << 16 { counts = [Int](repeating: 0, count: 1 << 16) }
    counts.withUnsafeMutableBufferPointer { counts in
      counts.update(repeating: 0)
      for number in numbers { counts[Int(number)] += 1 }
      var place = 0
      for number in 0..<1 << 16 {
        for _ in 0..<counts[number] {
          numbers[place] = UInt16(number)
          place += 1
        }
      }
    }
  }
}
