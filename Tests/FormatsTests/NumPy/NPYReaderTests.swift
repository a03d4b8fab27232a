import Formats
import Tensor
import Testing

@Suite struct NPYReaderTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func read(_ bytes: [UInt8]) throws -> Tensor {
    try NPYReader.read(path: try directory.write(bytes, to: "a.npy"))
  }

  /// A file with this header and these bytes behind it.
  private func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + data
  }

  @Test func fortranOrderIsConverted() throws {
    let tensor = try read(Fixture.fortran)
    #expect(tensor.dtype == .float32)
    #expect(tensor.shape == [2, 3, 4])
    #expect(tensor.floats == (0..<24).map(Float.init))
  }

  @Test func bigEndianIsConverted() throws {
    let tensor = try read(Fixture.bigEndian)
    #expect(tensor.dtype == .int16)
    #expect(tensor.integers == Array(0..<24))
  }

  @Test func scalarsAndEmptyArrays() throws {
    #expect(try read(file("{'descr': '|u1', 'fortran_order': False, 'shape': (), }", [9])).integers == [9])
    #expect(try read(file("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3)}")).shape == [0, 3])
    #expect(
      try read(file("{\"descr\":'|b1','fortran_order':True,'shape':(2L,)}", [0, 7])).integers == [0, 1])
  }

  @Test func refusesObjectsTextAndRecords() {
    expectReason("a.npy", "Python objects") { _ = try read(Fixture.objects) }
    expectReason("'<U3'") { _ = try read(file("{'descr': '<U3', 'fortran_order': False, 'shape': (1,)}")) }
    expectReason("records") {
      _ = try read(file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"))
    }
  }

  @Test(
    arguments: [
      "", "{", "{'descr'", "{'descr': }", "{'descr': '<f4', 'fortran_order': False, 'shape': (3",
      "{'shape': 3}",
      "{'descr': '<f4', 'fortran_order': 1, 'shape': (3,)}", "{'descr': '<f4', 'shape': (3,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)}",
    ])
  func refusesDamagedHeaders(_ header: String) {
    expectReason("a.npy", "damaged NumPy header") { _ = try read(file(header)) }
  }

  @Test func refusesSizesThatAreNotThere() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}"
    expectReason("is cut short", "take 12 bytes, but 11") {
      _ = try read(file(header, .init(repeating: 0, count: 11)))
    }
    expectReason("is damaged", "but 13") { _ = try read(file(header, .init(repeating: 0, count: 13))) }
    expectReason("impossible shape") {
      _ = try read(file("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8)}"))
    }
    expectReason("impossible shape") {
      _ = try read(file("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"))
    }
  }

  @Test func truncatedAnywhere() {
    for count in 0..<Fixture.fortran.count {
      expectReason("a.npy") { _ = try read(Array(Fixture.fortran.prefix(count))) }
    }
  }

  @Test func writesWhatItReads() throws {
    let path = directory.file("b.npy")
    let tensors = [
      Tensor([Float(1), -2, 3, 4, 5, 6], shape: [2, 3]), Tensor([true, false]), Tensor(scalar: Int64(-5)),
      Tensor([UInt8(1)], shape: [1, 1, 1]), Tensor([Double](), shape: [0]),
    ]
    for tensor in tensors {
      try NPYWriter.write(tensor, to: path)
      #expect(try NPYReader.read(path: path).contentHash == tensor.contentHash)
    }
  }

  @Test func widensTypesThatNumPyLacks() throws {
    let path = directory.file("b.npy")
    try NPYWriter.write(Tensor(dtype: .int4, shape: [3]) { $0.copyBytes(from: [0x78, 0x01]) }, to: path)
    let nibbles = try NPYReader.read(path: path)
    #expect(nibbles.dtype == .int8)
    #expect(nibbles.integers == [-8, 7, 1])
    try NPYWriter.write(Tensor(dtype: .bfloat16, shape: [1]) { $0.copyBytes(from: [0xc0, 0x3f]) }, to: path)
    #expect(try NPYReader.read(path: path).array(of: Float.self) == [1.5])
  }
}
