import Formats
import Testing

@Suite struct ModelBundleTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(Fixture.gzippedImages, to: "images.gz")
    try directory.write(Fixture.labels, to: "labels")
  }

  private func open(_ manifest: String) throws -> ModelBundle {
    try directory.write(manifest, to: "pare.json")
    return try ModelBundle.open(directory.path)
  }

  private let manifest = """
    {"pare": 1, "name": "tiny", "model": "tiny.onnx",
     "validation": {"images": "images.gz", "labels": "labels"},
     "training": {"images": "/no/such/images.gz", "labels": "/no/such/labels.gz"},
     "preprocessing": {"scale": 0.5, "mean": [1], "std": [2]},
     "classes": ["a", "b", "c", "d", "e", "f", "g", "h"]}
    """

  @Test func loadsItsData() throws {
    let bundle = try open(manifest)
    #expect(bundle.modelPath == directory.file("tiny.onnx"))
    let data = try bundle.validation()
    #expect(data.name == "tiny validation")
    #expect(data.classes.count == 8)
    #expect(data.samples.floats.prefix(3) == [-0.5, -0.25, 0])
    #expect(
      try bundle.validation(DataOptions(preprocessing: Preprocessing(scale: 1))).samples.floats.prefix(2) == [
        -0.5, 0,
      ])
    expectReason("/no/such/images.gz", "No such file") { _ = try bundle.training() }
  }

  @Test func loadsNPZ() throws {
    try directory.write(Fixture.stored, to: "val.npz")
    let bundle = try open(#"{"pare": 1, "model": "m.onnx", "validation": {"images": "val.npz"}}"#)
    #expect(try bundle.validation().classLabels == [3, 1, 0, 2])
    expectReason("pare.json", "no training data") { _ = try bundle.training() }
  }

  @Test func dataPathMayBeABundle() throws {
    _ = try open(manifest)
    #expect(try Dataset.load(directory.path).count == 2)
  }

  @Test func labelsMustBeNamedClasses() throws {
    let bundle = try open(manifest.replacing(#", "c", "d", "e", "f", "g", "h""#, with: ""))
    expectReason("labels", "label 0 is 7, but only 2 classes") { _ = try bundle.validation() }
  }

  @Test(
    arguments: [
      ("", "is not JSON"), ("{", "is not JSON"), ("[]", "should be an object"), ("{}", "'pare' is missing"),
      (#"{"pare": 1}"#, "'model' is missing"), (#"{"pare": 2, "model": "a"}"#, "'pare' is 2"),
      (#"{"pare": "1", "model": "a"}"#, "'pare' should be a whole number"),
      (#"{"pare": 1, "model": 7}"#, "'model' should be text"),
      (#"{"pare": 1, "model": "a", "modle": 1}"#, "'modle' is unknown"),
      (#"{"pare": 1, "model": "a", "preprocessing": {"sacle": 1}}"#, "'preprocessing.sacle' is unknown"),
      (
        #"{"pare": 1, "model": "a", "preprocessing": {"mean": [1, "x"]}}"#,
        "'preprocessing.mean[1]' should be a number"
      ),
      (#"{"pare": 1, "model": "a", "preprocessing": {"mean": 1}}"#, "'preprocessing.mean' should be a list"),
      (#"{"pare": 1, "model": "a", "preprocessing": {"std": [0]}}"#, "std must not be 0"),
      (#"{"pare": 1, "model": "a", "validation": {}}"#, "'validation.data' is missing"),
      (#"{"pare": 1, "model": "a", "classes": "x"}"#, "'classes' should be a list"),
      (#"{"pare": 1, "model": "a", "validation": []}"#, "'validation' should be an object"),
    ])
  func namesFileAndKey(_ manifest: String, _ reason: String) {
    expectReason("pare.json", reason) { _ = try open(manifest) }
  }

  @Test func sourceIsAFileOrABundle() throws {
    _ = try open(manifest)
    let source = try ModelSource.open(directory.path)
    #expect(source.name == "tiny")
    #expect(source.modelPath == directory.file("tiny.onnx"))
    #expect(source.bundle != nil)
    #expect(try ModelSource.open(directory.file("pare.json")).name == "tiny")
    let model = try directory.write(Fixture.kitchen, to: "kitchen.onnx")
    #expect(try ModelSource.open(model) == ModelSource.open(model))
    #expect(try ModelSource.open(model).name == "kitchen")
    #expect(try ModelSource.open(model).bundle == nil)
    expectReason("nowhere", "no such file") { _ = try ModelSource.open("nowhere") }
    expectReason("/", "without a pare.json") { _ = try ModelSource.open("/") }
  }
}
