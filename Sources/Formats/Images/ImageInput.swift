import Graph
import Tensor

/// What a model's input says of pictures, where the options do not.
struct ImageInput {
  let channels: ImageGeometry.Channels
  let layout: ImageGeometry.Layout

  init(_ options: DataOptions) {
    let geometry = options.preprocessing.geometry
    let dims = options.mainInput?.dims ?? []
    let isBehind = dims.count == 4 && [1, 3].contains(dims[3].value) && ![1, 3].contains(dims[1].value)
    layout = geometry.layout ?? (isBehind ? .nhwc : .nchw)
    let size = dims.count == 4 ? dims[layout == .nhwc ? 3 : 1].value : nil
    // A picture without an axis for the channel, and one that is flattened to a row, have one as well.
    channels = geometry.channels ?? (size == 1 || dims.count == 3 ? .gray : .rgb)
  }

  /// Numbers for the model, made of the bytes a batch at a time: scaled by 1/255 unless told, and normalised with
  /// the numbers of the channel, in the order in which the model takes them.
  ///
  /// - Parameter pixels: `[count, height, width, channels]` of bytes.
  /// - Throws: `FormatError` about `path` where channels and numbers do not agree.
  func samples(
    of pixels: Tensor, _ preprocessing: Preprocessing, _ path: String
  ) throws(FormatError) -> Samples {
    let (height, width, count) = (pixels.shape[1], pixels.shape[2], pixels.shape[3])
    if let numbers = [preprocessing.mean, preprocessing.std].compactMap({ $0?.count }).max(),
      numbers != 1, numbers != count
    {
      throw FormatError(path, "mean or std has \(numbers) values, but the pictures have \(count) channels")
    }
    let sizes = layout == .nchw ? [count, height, width] : [height, width, count]
    let tables = preprocessing.tables(channels: count, defaultScale: 1 / 255)
    let (layout, isReversed) = (layout, channels == .bgr)
    return Samples(
      stored: pixels, dtype: .float32, sample: sizes, method: "\(preprocessing) \(channels) \(layout)"
    ) { Self.numbers($0, tables, layout, isReversed: isReversed, sizes) }
  }

  private static func numbers(
    _ pixels: Tensor, _ tables: [[Float]], _ layout: ImageGeometry.Layout, isReversed: Bool, _ sizes: [Int]
  ) -> Tensor {
    let channels = tables.count
    let places = pixels.shape[1] * pixels.shape[2]
    let step = layout == .nchw ? 1 : channels
    return Tensor(of: Float.self, shape: Shape([pixels.shape[0]] + sizes)) { target in
      pixels.withElements(of: UInt8.self) { stored in
        for image in 0..<pixels.shape[0] {
          for channel in 0..<channels {
            var from = image * places * channels + (isReversed ? channels - 1 - channel : channel)
            var to = image * places * channels + (layout == .nchw ? channel * places : channel)
            tables[channel].withUnsafeBufferPointer { table in
              for _ in 0..<places {
                target[to] = table[Int(stored[from])]
                from += channels
                to += step
              }
            }
          }
        }
      }
    }
  }
}
