import Formats
import Tensor
import Testing

@Suite struct SparseTensorTests {
  private typealias Build = MessageBuilder

  private func read(_ indices: [Int], shape: [Int], dims: [Int], values: [Float] = [5, 7]) throws -> Tensor? {
    let sparse = Build.message {
      $0.message(
        1,
        Build.message {
          $0.packedInts(1, [values.count])
          $0.int(2, 1)
          $0.packedFloats(4, values)
          $0.text(8, "w")
        })
      $0.message(
        2,
        Build.message {
          $0.packedInts(1, shape)
          $0.int(2, 7)
          $0.packedInts(7, indices)
        })
      $0.packedInts(3, dims)
    }
    return try Build.read(Build.model { $0.message(15, sparse) }).constants["w"]
  }

  @Test func placesCountAllElementsOrAxes() throws {
    #expect(try read([1, 5], shape: [2], dims: [2, 3])?.floats == [0, 5, 0, 0, 0, 7])
    let byAxes = try read([0, 2, 1, 0], shape: [2, 2], dims: [2, 3])
    #expect(byAxes?.floats == [0, 0, 5, 7, 0, 0])
    #expect(byAxes?.shape == [2, 3])
  }

  @Test func saysWhatIsWrong() {
    expectReason("'w'", "place 6 of 6") { _ = try read([1, 6], shape: [2], dims: [2, 3]) }
    expectReason("'w'", "place -1 of 3") { _ = try read([0, -1, 1, 0], shape: [2, 2], dims: [2, 3]) }
    expectReason("one place for each of its 2") { _ = try read([1], shape: [1], dims: [2, 3]) }
    expectReason("too large to be made dense") { _ = try read([1, 2], shape: [2], dims: [1 << 40]) }
    // A model of some bytes must not come to more than 256 MiB.
    expectReason("too large to be made dense") { _ = try read([1, 2], shape: [2], dims: [1 << 26 + 1]) }
    expectReason("impossible shape") { _ = try read([1, 2], shape: [2], dims: [1 << 62, 1 << 62]) }
    expectReason("impossible shape") { _ = try read([1, 2], shape: [2], dims: [-1]) }
  }
}
