import Formats
import Testing

@Suite struct ForeignFileTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    arguments: [
      ("", "is empty"), ("hello, world\n", "text file"), ("{\"a\": 1}", "text file"),
      ("version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
      ("PK\u{3}\u{4}........archive/data.pkl", "torch.onnx.export"), ("PK\u{3}\u{4}....x.npy", "zip archive"),
      ("GGUF\u{3}", "GGUF"), ("\u{1c}\u{0}\u{0}\u{0}TFL3", "TensorFlow Lite"),
    ])
  func saysWhatItIs(_ text: String, _ reason: String) throws {
    let path = try directory.write(text, to: "model.onnx")
    expectReason(path, reason) { _ = try ONNXReader.read(path: path) }
  }

  @Test(
    arguments: [
      ([0x80, 2, 0x8a], "torch.onnx.export"), ([0x89, 72, 68, 70], "tf2onnx"), ([0x1f, 0x8b, 8], "gunzip"),
      ([0x93, 78, 85, 77, 80, 89, 1, 0], "NumPy"), ([8, 7], "holds no graph"), ([0, 1, 2], "is not ONNX"),
    ] as [([UInt8], String)])
  func saysWhatItIs(_ bytes: [UInt8], _ reason: String) throws {
    let path = try directory.write(bytes, to: "model.onnx")
    expectReason(path, reason) { _ = try ONNXReader.read(path: path) }
  }

  @Test func directoriesAndMissingFiles() {
    expectReason(directory.path, "is a directory") { _ = try ONNXReader.read(path: directory.path) }
    expectReason("no.onnx", "No such file") { _ = try ONNXReader.read(path: directory.file("no.onnx")) }
  }
}
