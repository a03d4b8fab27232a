/// `x * scale[c] + shift[c]` for each channel: a batch normalisation that no convolution could take in.
struct ChannelAffineStep: Step {
  let source: Value
  let destination: Value
  /// One for each channel, padded with zeros to whole blocks, so that padding stays zero.
  let scale: [Float]
  let shift: [Float]

  init(source: Value, destination: Value, scale: [Float], shift: [Float]) {
    self.source = source
    self.destination = destination
    let lanes = if case .blocked(let block) = source.layout { block } else { 1 }
    let padding = [Float](repeating: 0, count: (lanes - scale.count % lanes) % lanes)
    self.scale = scale + padding
    self.shift = shift + padding
  }

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let (from, to) = (memory.address(source), memory.address(destination))
    let positions = source.dims.dropFirst(2).reduce(1, *)
    let lanes = if case .blocked(let block) = source.layout { block } else { 1 }
    let blocks = scale.count / lanes
    return { inputs in
      var (x, y) = (UnsafePointer(from.floats(inputs)), to.floats(inputs))
      for _ in 0..<source.dims[0] {
        for block in 0..<blocks {
          for _ in 0..<positions {
            for lane in 0..<lanes {
              y[lane] = x[lane] * scale[block * lanes + lane] + shift[block * lanes + lane]
            }
            x += lanes
            y += lanes
          }
        }
      }
    }
  }
}
