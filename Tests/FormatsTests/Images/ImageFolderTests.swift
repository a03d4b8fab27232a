import Formats
import Foundation
import Graph
import Tensor
import Testing

@Suite struct ImageFolderTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// A PNG of 2 x 1 pixels: red, then blue.
  private static let png = [UInt8](
    Data(
      base64Encoded:
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg==")
      ?? Data())

  private func write(_ names: [String]) throws {
    for name in names {
      let folder = (directory.file(name) as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try directory.write(Self.png, to: name)
    }
  }

  private let input = ValueInfo(name: "image", dtype: .float32, dims: [.symbol("N"), 3, 1, 2])

  @Test func foldersAreClassesInTheOrderOfTheirNames() throws {
    try write(["dog/b.png", "cat/a.PNG", "dog/a.jpg", ".hidden/x.png"])
    try directory.write("no picture", to: "cat/notes.txt")
    let data = try Dataset.load(directory.path, DataOptions(inputs: [input]))
    #expect(data.classes == ["cat", "dog"])
    #expect(data.classLabels == [0, 1, 1])
    let fitted = try data.fitted(to: [input])
    #expect(fitted.inputs["image"]?.shape == [3, 3, 1, 2])
    #expect(try #require(fitted.inputs["image"]).rows(1..<2).floats == [1, 0, 0, 0, 0, 1])
    let last = fitted.shuffled(seed: 0).prefix(1)
    #expect(try #require(last.inputs["image"]).tensor.floats == [1, 0, 0, 0, 0, 1])
  }

  @Test func theManifestNamesTheClasses() throws {
    try write(["cat/a.png", "dog/b.png"])
    let named = DataOptions(classes: ["dog", "cow", "cat"])
    #expect(try Dataset.load(directory.path, named).classLabels == [2, 0])
    expectReason("dog", "no class that the manifest names") {
      _ = try Dataset.load(directory.path, DataOptions(classes: ["cat"]))
    }
  }

  @Test func picturesWithoutFoldersHaveNoLabels() throws {
    try write(["a.png", "b.png"])
    let data = try Dataset.load(directory.path)
    #expect(data.task == .fidelity)
    #expect(data.labels == nil)
    #expect(data.count == 2)
    expectReason("no labels", "--task fidelity") {
      _ = try Dataset.load(directory.path, DataOptions(task: .classification))
    }
  }

  @Test func normalisesEachChannel() throws {
    try write(["a/a.png"])
    let preprocessing = Preprocessing(
      mean: [0.5, 0, 0.25], std: [0.5, 1, 0.25], geometry: ImageGeometry(channels: .bgr))
    let data = try Dataset.load(directory.path, DataOptions(preprocessing: preprocessing))
    #expect(data.samples.floats == [-1, 1, 0, 0, 3, -1])
    expectReason("2 values", "3 channels") {
      _ = try Dataset.load(directory.path, DataOptions(preprocessing: Preprocessing(mean: [1, 2])))
    }
    expectReason("crop must be 1") {
      _ = try ModelBundle.open(
        try directory.write(
          #"{"pare": 1, "model": "m", "preprocessing": {"crop": 0}}"#, to: "pare.json"
        ).replacing("/pare.json", with: ""))
    }
  }

  @Test func emptyFoldersAreRefused() throws {
    try FileManager.default.createDirectory(atPath: directory.file("cat"), withIntermediateDirectories: true)
    expectReason(directory.path, "no PNG or JPEG files") { _ = try Dataset.load(directory.path) }
  }

  /// 8192 x 8192 pixels of which there are none: found by fuzzing, as it took 192 MiB and their time to refuse it.
  @Test func aPictureCannotHoldMoreThanItsBytes() throws {
    try write(["cat/a.png"])
    let file = Data(
      base64Encoded:
        "iVBORw0KGgoAAAANSUhEUgAAIAAAACAACAIAAAD9yF0OAAAAC0lEQVR4nGNggAAAAAgAAbdYc5UAAAAASUVORK5CYII="
    )
    let path = try directory.write([UInt8](try #require(file)), to: "cat/a.png")
    expectReason(path, "8192 x 8192 pixels are more than it can hold") {
      _ = try Dataset.load(directory.path)
    }
  }
}
