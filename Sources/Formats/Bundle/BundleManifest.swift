import Foundation

/// `pare.json`, which makes a directory a bundle. Paths in it are relative to the directory.
public struct BundleManifest: Hashable, Sendable {
  /// Data with labels: IDX images and their labels, or one `.npz`.
  public struct Data: Hashable, Sendable {
    /// An IDX file, or a `.npz` with `x` and `y`.
    public var images: String
    /// nil where the labels lie beside the images under the MNIST naming, or in the `.npz`.
    public var labels: String?
  }

  public var name: String
  public var model: String
  public var validation: Data?
  public var training: Data?
  public var preprocessing: Preprocessing
  public var classes: [String]

  static let fileName = "pare.json"
  /// The version of the manifest that this Pare knows.
  private static let version = 1

  /// - Throws: `FormatError` that names the file and the key.
  init(path: String) throws(FormatError) {
    let file = try FileAccess.map(path)
    defer { withExtendedLifetime(file) {} }
    do {
      self = try JSONDecoder().decode(BundleManifest.self, from: Foundation.Data(file.bytes))
    } catch let error as DecodingError {
      throw FormatError(path, error.sentence)
    } catch {
      throw FormatError(path, "cannot be read: \(error)")
    }
    if let mistake = preprocessing.mistake { throw FormatError(path, "'preprocessing': \(mistake)") }
  }
}

extension BundleManifest: Decodable {
  private enum Key: String, CodingKey, CaseIterable {
    case pare, name, model, validation, training, preprocessing, classes
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(knowing: Key.self)
    let version = try values.decode(Int.self, forKey: .pare)
    guard version == Self.version else {
      throw DecodingError.dataCorruptedError(
        forKey: .pare, in: values,
        debugDescription: "is \(version), but this Pare knows version \(Self.version)")
    }
    model = try values.decode(String.self, forKey: .model)
    name = try values.decodeIfPresent(String.self, forKey: .name) ?? model
    validation = try values.decodeIfPresent(Data.self, forKey: .validation)
    training = try values.decodeIfPresent(Data.self, forKey: .training)
    preprocessing = try values.decodeIfPresent(Preprocessing.self, forKey: .preprocessing) ?? Preprocessing()
    classes = try values.decodeIfPresent([String].self, forKey: .classes) ?? []
  }
}

extension BundleManifest.Data: Decodable {
  private enum Key: String, CodingKey, CaseIterable { case images, labels }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(knowing: Key.self)
    images = try values.decode(String.self, forKey: .images)
    labels = try values.decodeIfPresent(String.self, forKey: .labels)
  }
}

extension Preprocessing: Decodable {
  private enum Key: String, CodingKey, CaseIterable { case scale, mean, std }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(knowing: Key.self)
    self.init(
      scale: try values.decodeIfPresent(Float.self, forKey: .scale),
      mean: try values.decodeIfPresent([Float].self, forKey: .mean),
      std: try values.decodeIfPresent([Float].self, forKey: .std))
  }
}
