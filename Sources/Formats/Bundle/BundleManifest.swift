import Foundation

/// `pare.json`, which makes a directory a bundle. Paths in it are relative to the directory.
public struct BundleManifest: Hashable, Sendable {
  /// Data to judge a model by.
  public struct Data: Hashable, Sendable {
    /// A file or a directory of one of `DataFormats`; the key is `data`, or `images`.
    public var data: String
    /// The file of the labels of IDX images; nil where it lies beside them under the MNIST naming.
    public var labels: String?
    /// The column of a table that holds the label; nil for the last.
    public var label: LabelColumn?
  }

  public var name: String
  public var model: String
  public var validation: Data?
  public var training: Data?
  public var preprocessing: Preprocessing
  public var classes: [String]
  /// What the model is judged by; nil for what the data allows.
  public var task: DataTask?
  /// The output that is judged; nil for the first.
  public var output: String?
  /// Numbers for sizes that the model names and leaves open, such as the length of a text.
  public var sizes: [String: Int]

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
    case pare, name, model, validation, training, preprocessing, classes, task, output, sizes
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
    task = try values.decodeWord(DataTask.self, forKey: .task)
    output = try values.decodeIfPresent(String.self, forKey: .output)
    sizes = try values.decodeIfPresent([String: Int].self, forKey: .sizes) ?? [:]
  }
}

extension BundleManifest.Data: Decodable {
  private enum Key: String, CodingKey, CaseIterable { case data, images, labels, label }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(knowing: Key.self)
    if values.contains(.data), values.contains(.images) {
      throw DecodingError.dataCorruptedError(
        forKey: .images, in: values, debugDescription: "is another name of 'data'; give one of them")
    }
    data = try values.decode(String.self, forKey: values.contains(.images) ? .images : .data)
    labels = try values.decodeIfPresent(String.self, forKey: .labels)
    label = try values.decodeIfPresent(LabelColumn.self, forKey: .label)
  }
}

extension LabelColumn: Decodable {
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    self =
      if let index = try? value.decode(Int.self) { .index(index) } else {
        .name(try value.decode(String.self))
      }
  }
}

extension Preprocessing: Decodable {
  private enum Key: String, CodingKey, CaseIterable { case scale, mean, std, resize, crop, channels, layout }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(knowing: Key.self)
    self.init(
      scale: try values.decodeIfPresent(Float.self, forKey: .scale),
      mean: try values.decodeIfPresent([Float].self, forKey: .mean),
      std: try values.decodeIfPresent([Float].self, forKey: .std),
      geometry: ImageGeometry(
        resize: try values.decodeIfPresent(Int.self, forKey: .resize),
        crop: try values.decodeIfPresent(Int.self, forKey: .crop),
        channels: try values.decodeWord(ImageGeometry.Channels.self, forKey: .channels),
        layout: try values.decodeWord(ImageGeometry.Layout.self, forKey: .layout)))
  }
}
