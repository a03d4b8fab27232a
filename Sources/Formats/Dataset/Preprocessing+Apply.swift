import Tensor

extension Preprocessing {
  /// The samples as float32, in the same shape.
  ///
  /// - Parameters:
  ///   - tensor: `[N, C, ...]`, or `[N, ..., C]` where only that fits the number of channels.
  ///   - defaultScale: what to multiply with where no scale is given.
  /// - Throws: `Mismatch` where channels and numbers do not agree.
  func applied(to tensor: Tensor, defaultScale: Float) throws(Mismatch) -> Tensor {
    if let mistake { throw Mismatch(reason: mistake) }
    let channels = max(mean?.count ?? 1, std?.count ?? 1)
    let layout = try Layout(channels: channels, in: tensor.shape)
    if tensor.dtype == .uint8 {
      return lookUp(tensor, tables(channels: channels, defaultScale: defaultScale), layout)
    }
    let channel = numbers(channels: channels, defaultScale: defaultScale)
    let stored = tensor.floats
    return Tensor(of: Float.self, shape: tensor.shape) { target in
      for index in target.indices { target[index] = channel[layout.channel(of: index)].apply(stored[index]) }
    }
  }

  struct Mismatch: Error {
    let reason: String
  }

  /// What each byte becomes in each channel. There are but 256 bytes, so each channel's results are computed once: a
  /// table is faster than dividing, and exactly the same.
  ///
  /// - Parameter channels: as many as mean and deviation have numbers, where they have more than one.
  func tables(channels: Int, defaultScale: Float) -> [[Float]] {
    numbers(channels: channels, defaultScale: defaultScale).map { channel in
      (0..<256).map { channel.apply(Float($0)) }
    }
  }

  private func numbers(channels: Int, defaultScale: Float) -> [Channel] {
    (0..<channels).map { index in
      Channel(
        scale: scale ?? defaultScale, mean: mean.map { $0[$0.count == 1 ? 0 : index] },
        std: std.map { $0[$0.count == 1 ? 0 : index] })
    }
  }

  private func lookUp(_ tensor: Tensor, _ tables: [[Float]], _ layout: Layout) -> Tensor {
    Tensor(of: Float.self, shape: tensor.shape) { target in
      tensor.withElements(of: UInt8.self) { stored in
        guard var from = stored.baseAddress, var to = target.baseAddress, !target.isEmpty else { return }
        var channel = 0
        for _ in 0..<(target.count / layout.inner) {
          tables[channel].withUnsafeBufferPointer { table in
            for index in 0..<layout.inner { to[index] = table[Int(from[index])] }
          }
          from += layout.inner
          to += layout.inner
          channel = channel + 1 == tables.count ? 0 : channel + 1
        }
      }
    }
  }

  private struct Channel {
    let scale: Float
    let mean: Float?
    let std: Float?

    func apply(_ stored: Float) -> Float {
      let value = stored * scale
      return mean == nil && std == nil ? value : (value - (mean ?? 0)) / (std ?? 1)
    }
  }

  /// Where the channels lie.
  private struct Layout {
    let channels: Int
    /// Elements of one channel that lie together.
    let inner: Int

    init(channels: Int, in shape: Shape) throws(Mismatch) {
      self.channels = channels
      if channels == 1 {
        inner = max(shape.count, 1)
      } else if shape.rank > 1 && shape[1] == channels {
        inner = max(shape.inner(of: 1), 1)
      } else if shape.rank > 2 && shape.dims.last == channels {
        inner = 1
      } else {
        throw Mismatch(
          reason:
            "mean or std has \(channels) values, but a sample's shape is \(Shape(Array(shape.dims.dropFirst())))"
        )
      }
    }

    func channel(of index: Int) -> Int { index / inner % channels }
  }
}
