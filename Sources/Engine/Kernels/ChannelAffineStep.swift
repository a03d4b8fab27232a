/// `x * scale[c] + shift[c]` for each channel: a batch normalisation that no convolution could take in.
struct ChannelAffineStep: Step {
  let source: Value
  let destination: Value
  /// One for each channel, padded with zeros to whole blocks, so that padding stays zero.
  let scale: [Float]
  let shift: [Float]
  /// Channels side by side, and positions between one run of channels and the next.
  private let lanes: Int
  private let positions: Int

  init(source: Value, destination: Value, scale: [Float], shift: [Float]) {
    self.source = source
    self.destination = destination
    let spatial = source.dims.dropFirst(2).reduce(1, *)
    switch source.order {
    case .plain, .strided: (lanes, positions) = (1, spatial)
    case .blocked(let block): (lanes, positions) = (block, spatial)
    case .channelsLast: (lanes, positions) = (scale.count, spatial)
    }
    let padding = [Float](repeating: 0, count: (lanes - scale.count % lanes) % lanes)
    self.scale = scale + padding
    self.shift = shift + padding
  }

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let (from, to) = (memory.address(source), memory.address(destination))
    return { inputs in run(from.floats(inputs), to.floats(inputs)) }
  }

  private func run(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
    var (x, y) = (input, output)
    scale.withUnsafeBufferPointer { scale in
      shift.withUnsafeBufferPointer { shift in
        for _ in 0..<source.dims[0] {
          for first in stride(from: 0, to: scale.count, by: lanes) {
            for _ in 0..<positions {
              for lane in 0..<lanes { y[lane] = x[lane] * scale[first + lane] + shift[first + lane] }
              x += lanes
              y += lanes
            }
          }
        }
      }
    }
  }
}
