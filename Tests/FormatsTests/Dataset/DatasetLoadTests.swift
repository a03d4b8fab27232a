import Formats
import Tensor
import Testing

@Suite struct DatasetLoadTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func npzIsUsedAsItIs() throws {
    let data = try Dataset.load(try directory.write(Fixture.deflated, to: "val.npz"))
    #expect(data.name == "val.npz")
    #expect(data.samples.shape == [4, 2])
    #expect(data.samples.array(of: Float.self) == (0..<8).map(Float.init))
    #expect(data.classLabels == [3, 1, 0, 2])
    let scaled = try Dataset.load(
      directory.file("val.npz"), DataOptions(preprocessing: Preprocessing(scale: 2, mean: [1, 0])))
    #expect(scaled.samples.floats == [-1, 2, 3, 6, 7, 10, 11, 14])
  }

  @Test func imagesGetAChannelAndFindTheirLabels() throws {
    let images = try directory.write(Fixture.gzippedImages, to: "t10k-images-idx3-ubyte.gz")
    expectReason(images, "no labels beside it", "t10k-labels-idx1-ubyte.gz") { _ = try Dataset.load(images) }
    try directory.write(Fixture.labels, to: "t10k-labels-idx1-ubyte")
    let data = try Dataset.load(images)
    #expect(data.samples.shape == [2, 1, 2, 3])
    #expect(data.classLabels == [7, 2])
    #expect(data.order == [0, 1])
  }

  @Test func contentHashFollowsTheContent() throws {
    let images = try directory.write(Fixture.gzippedImages, to: "a-images-idx3-ubyte.gz")
    try directory.write(Fixture.labels, to: "a-labels-idx1-ubyte")
    let hash = try Dataset.load(images).contentHash
    #expect(try Dataset.load(images).contentHash == hash)
    #expect(try Dataset.load(images, DataOptions(preprocessing: Preprocessing(scale: 1))).contentHash != hash)
    try directory.write(Fixture.labels.dropLast() + [3], to: "a-labels-idx1-ubyte")
    #expect(try Dataset.load(images).contentHash != hash)
  }

  @Test func saysWhatIsWrong() throws {
    let images = try directory.write(Fixture.gzippedImages, to: "a-images-idx3-ubyte.gz")
    let labels = try directory.write([0, 0, 8, 1, 0, 0, 0, 1, 7], to: "a-labels-idx1-ubyte")
    expectReason(images, "2 images", labels, "1 labels") { _ = try Dataset.load(images) }
    expectReason(labels, "not images") { _ = try Dataset.load(labels) }
    let unnamed = try directory.write(Fixture.gzippedImages, to: "pictures.gz")
    expectReason(unnamed, "MNIST") { _ = try Dataset.load(unnamed) }
    expectReason("missing.npz", "No such file") { _ = try Dataset.load(directory.file("missing.npz")) }
    let text = try directory.write("a,b\n", to: "data.txt")
    expectReason(text, "is no data that Pare reads", ".npz") { _ = try Dataset.load(text) }
    let empty = try directory.write("", to: "empty.npz")
    expectReason(empty, "is empty") { _ = try Dataset.load(empty) }
    expectReason(directory.path, "without a pare.json") { _ = try Dataset.load(directory.path) }
  }

  @Test func labelsMustBeWholeNumbers() throws {
    try directory.write(
      [0, 0, 0x0d, 1, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 8), to: "a-labels-idx1-ubyte")
    let images = try directory.write(Fixture.gzippedImages, to: "a-images-idx3-ubyte.gz")
    expectReason("a-labels-idx1-ubyte", "float32", "whole numbers") { _ = try Dataset.load(images) }
    try directory.write([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4], to: "a-labels-idx1-ubyte")
    expectReason("shape 2·2", "one number a sample") { _ = try Dataset.load(images) }
  }
}
