import Formats
import Foundation
import Tensor
import Testing

/// What Pillow makes of picture files, in `Tests/Vectors/images.json`.
@Suite struct ImageVectorTests {
  private struct Vectors: Decodable { var cases: [Case] }

  private struct Case: Decodable {
    var name: String
    var file: String
    var reason: String?
    var resize: Int?
    var crop: Int?
    var channels: String?
    var width: Int?
    var height: Int?
    var pixels: [Float]?
  }

  private static func cases() throws -> [Case] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Vectors/images.json"))
    return try JSONDecoder().decode(Vectors.self, from: data).cases
  }

  private func folder(of item: Case) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: directory.file("a"), withIntermediateDirectories: true)
    try directory.write([UInt8](try #require(Data(base64Encoded: item.file))), to: "a/x.png")
    return directory
  }

  @Test func decodesResizesAndCropsAsPillow() throws {
    var seen = 0
    for item in try Self.cases() where item.reason == nil {
      let directory = try folder(of: item)
      let channels = try #require(ImageGeometry.Channels(rawValue: item.channels ?? ""))
      let geometry = ImageGeometry(
        resize: item.resize == 0 ? nil : item.resize, crop: item.crop == 0 ? nil : item.crop,
        channels: channels, layout: .nhwc)
      let data = try Dataset.load(
        directory.path, DataOptions(preprocessing: Preprocessing(scale: 1, geometry: geometry)))
      let depth = channels == .gray ? 1 : 3
      #expect(data.samples.shape == Shape([1, item.height ?? 0, item.width ?? 0, depth]), "\(item.name)")
      #expect(data.samples.floats == item.pixels, "\(item.name)")
      seen += 1
    }
    #expect(seen == 20)
  }

  @Test func refusesWhatIsDamagedInOneSentence() throws {
    var seen = 0
    for item in try Self.cases() {
      guard let reason = item.reason else { continue }
      let directory = try folder(of: item)
      expectReason(directory.file("a/x.png"), reason) { _ = try Dataset.load(directory.path) }
      seen += 1
    }
    #expect(seen == 9)
  }
}
