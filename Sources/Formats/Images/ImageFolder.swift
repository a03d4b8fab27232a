import Foundation
import Graph
import Tensor

/// A directory of PNG and JPEG files, in a folder for each class, or all in the directory itself, without labels.
///
/// Classes are the folders in the order of their names, or of the names that the manifest gives. Pictures are
/// decoded once, and kept in bytes; they become numbers a batch at a time.
enum ImageFolder: DataFormat {
  static let kind = "a directory of class folders with PNG or JPEG files"

  /// Bytes of all pictures together, as they are kept.
  private static let maximumBytes = 16 << 30

  static func recognizes(_ path: String, _ bytes: UnsafeRawBufferPointer?) -> Bool {
    guard bytes == nil, let listing = try? Listing(path) else { return false }
    return !listing.folders.isEmpty || !listing.images.isEmpty
  }

  static func read(_ path: String, _ options: DataOptions) throws(FormatError) -> Dataset {
    var options = options
    let (files, labels) = try files(path, &options)
    let input = ImageInput(options)
    let pixels = try decode(files, input, options.preprocessing.geometry, path)
    let samples = try input.samples(of: pixels, options.preprocessing, path)
    return try Dataset(
      name: Dataset.shortName(path), path: path, inputs: [Dataset.onlyInput: samples],
      labels: labels.map { Tensor($0) }, options: options)
  }

  /// The pictures, and their classes where they lie in folders; the options then name the classes.
  private static func files(
    _ path: String, _ options: inout DataOptions
  ) throws(FormatError) -> ([String], [Int64]?) {
    let listing = try Listing(path)
    if listing.folders.isEmpty || options.task == .fidelity && !listing.images.isEmpty {
      return (listing.images.map { "\(path)/\($0)" }, nil)
    }
    if options.classes.isEmpty { options.classes = listing.folders }
    var files: [String] = []
    var labels: [Int64] = []
    for folder in listing.folders {
      guard let label = options.classes.firstIndex(of: folder) else {
        throw FormatError("\(path)/\(folder)", "is the folder of no class that the manifest names")
      }
      let images = try Listing("\(path)/\(folder)").images
      files += images.map { "\(path)/\(folder)/\($0)" }
      labels += Array(repeating: Int64(label), count: images.count)
    }
    if files.isEmpty { throw FormatError(path, "has folders, but no PNG or JPEG files in them") }
    return (files, labels)
  }

  /// `[count, height, width, channels]` of bytes.
  private static func decode(
    _ files: [String], _ input: ImageInput, _ geometry: ImageGeometry, _ path: String
  ) throws(FormatError) -> Tensor {
    var target: (storage: Storage, shape: Shape, size: Int)?
    for (index, file) in files.enumerated() {
      let decoded = try ImageCodecs.decode(path: file)
      let image = try geometry.applied(to: decoded, gray: input.channels == .gray, path: file)
      let size = image.bytes.count
      if target == nil {
        let (total, overflow) = size.multipliedReportingOverflow(by: files.count)
        guard !overflow, total <= maximumBytes else {
          throw FormatError(
            path, "holds \(files.count) pictures of \(size) bytes, too many to keep; resize them")
        }
        let shape = Shape([files.count, image.height, image.width, image.channels])
        target = (Storage(byteCount: total), shape, size)
      }
      guard let (storage, shape, _) = target else { continue }
      guard shape[1] == image.height, shape[2] == image.width else {
        throw FormatError(
          file,
          "is \(image.width) x \(image.height) pixels, but the first is \(shape[2]) x \(shape[1]); give resize "
            + "and crop")
      }
      UnsafeMutableRawBufferPointer(rebasing: storage.bytes[(index * size)..<((index + 1) * size)])
        .copyBytes(from: image.bytes)
    }
    guard let target else { throw FormatError(path, "holds no PNG or JPEG files") }
    return Tensor(dtype: .uint8, shape: target.shape, storage: target.storage)
  }

  /// What lies in a directory, in the order of the names; names that begin with a dot are left out.
  private struct Listing {
    var folders: [String] = []
    var images: [String] = []

    init(_ path: String) throws(FormatError) {
      let names: [String]
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: path)
      } catch {
        throw FormatError(path, "cannot be read as a directory")
      }
      for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where !name.hasPrefix(".")
      {
        if FileAccess.isDirectory("\(path)/\(name)") {
          folders.append(name)
        } else if ImageCodecs.suffixes.contains(where: { name.lowercased().hasSuffix($0) }) {
          images.append(name)
        }
      }
    }
  }
}
