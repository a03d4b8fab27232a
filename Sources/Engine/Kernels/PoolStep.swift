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
    return { inputs in
      let (input, output) = (UnsafePointer(from.floats(inputs)), to.floats(inputs))
      switch source.order {
      case .plain: runPlanes(Float.self, input, output)
      case .blocked(8): runPlanes(SIMD8<Float>.self, input, output)
      case .blocked: runPlanes(SIMD16<Float>.self, input, output)
      case .channelsLast: runChannelsLast(input, output)
      }
    }
  }

  /// A plane of positions for each block of channels, or for each channel.
  private func runPlanes<Lane: PoolLane>(
    _ lane: Lane.Type, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) {
    let channels = source.dims[1]
    let blocks = (channels + Lane.lanes - 1) / Lane.lanes
    let inputPlane = window.input.product * Lane.lanes
    let positions = window.output.product
    for sample in 0..<source.dims[0] {
      for block in 0..<blocks {
        let first = block * Lane.lanes
        let isSpread = Lane.lanes > 1 && destination.order == .plain
        runPlane(
          lane, input + (sample * blocks + block) * inputPlane, step: Lane.lanes,
          output + (isSpread ? sample * channels + first : (sample * blocks + block) * Lane.lanes)
            * positions,
          channels: min(Lane.lanes, channels - first))
      }
    }
  }

  /// The channels of a position side by side: as many at a time as there are left.
  private func runChannelsLast(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
    let channels = source.dims[1]
    let positions = window.output.product
    for sample in 0..<source.dims[0] {
      let plane = input + sample * window.input.product * channels
      let target = output + sample * positions * channels
      var channel = 0
      while channel < channels {
        let start = destination.order == .plain ? target + channel * positions : target + channel
        let left = channels - channel
        if left >= 16 {
          runPlane(SIMD16<Float>.self, plane + channel, step: channels, start, channels: 16)
          channel += 16
        } else if left >= 4 {
          runPlane(SIMD4<Float>.self, plane + channel, step: channels, start, channels: 4)
          channel += 4
        } else {
          runPlane(Float.self, plane + channel, step: channels, start, channels: 1)
          channel += 1
        }
      }
    }
  }

  /// - Parameter step: elements from one position to the next, in the input, and in the output unless that is
  ///   row-major.
  @inline(__always)
  private func runPlane<Lane: PoolLane>(
    _ lane: Lane.Type, _ plane: UnsafePointer<Float>, step: Int, _ target: UnsafeMutablePointer<Float>,
    channels: Int
  ) {
    if destination.order == .plain {
      let positions = window.output.product
      window.forEach(lane, kind, plane, step: step) { position, value in
        value.scatter(target + position, stride: positions, count: channels)
      }
    } else {
      window.forEach(lane, kind, plane, step: step) { position, value in value.store(target + position * step)
      }
    }
  }
}
