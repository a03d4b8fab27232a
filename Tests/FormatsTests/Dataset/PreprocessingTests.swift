import Formats
import Tensor
import Testing

@Suite struct PreprocessingTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func load(_ preprocessing: Preprocessing) throws -> [Float] {
    let images = try directory.write(Fixture.gzippedImages, to: "t10k-images-idx3-ubyte.gz")
    try directory.write(Fixture.labels, to: "t10k-labels-idx1-ubyte")
    return try Dataset.load(images, DataOptions(preprocessing: preprocessing)).samples.floats
  }

  private let pixels: [Float] = [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]

  @Test func bytesAreScaledToOneUnlessToldOtherwise() throws {
    #expect(try load(Preprocessing()) == pixels.map { $0 * (1 / 255) })
    #expect(try load(Preprocessing(scale: 0.5)) == pixels.map { $0 * 0.5 })
  }

  @Test func meanAndDeviation() throws {
    let scale: Float = 1 / 255
    #expect(
      try load(Preprocessing(mean: [0.2860], std: [0.3530]))
        == pixels.map { ($0 * scale - 0.2860) / 0.3530 })
    #expect(try load(Preprocessing(scale: 1, mean: [3])) == pixels.map { $0 - 3 })
    #expect(try load(Preprocessing(scale: 1, std: [3])) == pixels.map { $0 / 3 })
  }

  @Test func refusesNumbersThatMakeNoSense() {
    expectReason("images", "std must not be 0") { _ = try load(Preprocessing(std: [0])) }
    expectReason("scale must not be 0") { _ = try load(Preprocessing(scale: 0)) }
    expectReason("mean has no number") { _ = try load(Preprocessing(mean: [])) }
    expectReason("mean has 2 values but std has 3") {
      _ = try load(Preprocessing(mean: [1, 2], std: [1, 2, 3]))
    }
    expectReason("mean or std has 2 values, but a sample's shape is 1·2·3") {
      _ = try load(Preprocessing(mean: [1, 2]))
    }
    expectReason("no number") { _ = try load(Preprocessing(mean: [.nan])) }
  }

  @Test func channelsInFrontOrBehind() throws {
    // IDX of four axes: one sample, and 2·1·3 or 3·1·2 of it.
    let data: [UInt8] = [1, 2, 3, 4, 5, 6]
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 1, 0]
    try directory.write(labels, to: "labels-idx1-ubyte")
    let header = { (sizes: [UInt8]) -> [UInt8] in [0, 0, 8, 4] + sizes.flatMap { [0, 0, 0, $0] as [UInt8] } }
    let preprocessing = Preprocessing(scale: 1, mean: [1, 10])
    let front = try directory.write(header([1, 2, 1, 3]) + data, to: "images-idx4-ubyte")
    #expect(
      try Dataset.load(front, DataOptions(preprocessing: preprocessing)).samples.floats == [
        0, 1, 2, -6, -5, -4,
      ])
    let behind = try directory.write(header([1, 3, 1, 2]) + data, to: "images-idx4-ubyte")
    #expect(
      try Dataset.load(behind, DataOptions(preprocessing: preprocessing)).samples.floats == [
        0, -8, 2, -6, 4, -4,
      ])
  }
}
