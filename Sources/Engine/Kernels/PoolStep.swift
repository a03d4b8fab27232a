import Tensor

/// Maximum or average over windows, over any layout, for one to three spatial axes.
///
/// Our own, because oneDNN 2's pooling takes a quarter of the time of a small network (3.x is better); and it can
/// write row-major order from blocks, which saves the copy before a dense layer.
struct PoolStep: Step {
  enum Kind: Sendable {
    case maximum
    /// `countsPadding`: whether the padding belongs to the divisor.
    case average(countsPadding: Bool)
  }

  let kind: Kind
  let source: Value
  let destination: Value
  let window: PoolWindow

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let (from, to) = (memory.address(source), memory.address(destination))
    let row = Storage(byteCount: lanes * MemoryLayout<Float>.stride)
    return { inputs in
      run(from.floats(inputs), to.floats(inputs), row.bytes.baseAddress!.assumingMemoryBound(to: Float.self))
    }
  }

  /// Channels that lie side by side at each position.
  private var lanes: Int {
    switch source.order {
    case .plain, .strided: 1
    case .blocked(let block): block
    case .channelsLast: source.dims[1]
    }
  }

  /// - Parameter row: room for the lanes of one position.
  private func run(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ row: UnsafeMutablePointer<Float>
  ) {
    let (lanes, channels) = (lanes, source.dims[1])
    let blocks = (channels + lanes - 1) / lanes
    let positions = window.output.product
    let isSpread = lanes > 1 && destination.order == .plain
    for sample in 0..<source.dims[0] {
      for block in 0..<blocks {
        let plane = input + (sample * blocks + block) * window.input.product * lanes
        if isSpread {
          let first = block * lanes
          let target = output + (sample * channels + first) * positions
          let count = min(lanes, channels - first)
          window.visit { position, taps in
            taps.pool(plane, window, kind, lanes: lanes, into: row)
            for lane in 0..<count { target[lane * positions + position] = row[lane] }
          }
        } else {
          let target = output + (sample * blocks + block) * positions * lanes
          window.visit { position, taps in
            taps.pool(plane, window, kind, lanes: lanes, into: target + position * lanes)
          }
        }
      }
    }
  }
}
