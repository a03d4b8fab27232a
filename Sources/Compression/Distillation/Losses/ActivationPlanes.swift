import Tensor

/// How the channels of an activation lie in memory: `[samples, positions, channels, positions]`, of which either kind of
/// positions may be one.
struct ActivationPlanes {
  let samples: Int
  /// Positions of a sample before the axis of channels, as in `[N, S, C]`.
  let before: Int
  let channels: Int
  /// Positions behind it, as in `[N, C, H, W]`.
  let behind: Int

  /// - Parameter axis: of the channels; -1 is the last.
  init(_ shape: Shape, axis: Int, what: String) throws(DistillationError) {
    let positive = axis < 0 ? axis + shape.rank : axis
    guard positive > 0, positive < shape.rank else { throw .axis(axis, of: what, shape) }
    samples = shape[0]
    before = shape.dims[1..<positive].reduce(1, *)
    channels = shape[positive]
    behind = shape.inner(of: positive)
  }

  /// Positions of a sample.
  var positions: Int { before * behind }

  /// Some positions that lie at equal distances.
  struct Run {
    /// Where the first position of channel 0 is.
    var start: Int
    var count: Int
    /// From a position to the next.
    var step: Int
    /// From a channel to the next.
    var channelStep: Int
  }

  /// Calls `body` for all positions of all samples, as many at once as lie evenly, up to a few hundred.
  func forEachRun(_ body: (Run) -> Void) {
    let limit = 256
    if behind == 1 {
      let rows = samples * before
      for first in stride(from: 0, to: rows, by: limit) {
        body(
          Run(start: first * channels, count: min(limit, rows - first), step: channels, channelStep: 1))
      }
    } else {
      for outer in 0..<samples * before {
        for first in stride(from: 0, to: behind, by: limit) {
          body(
            Run(
              start: outer * channels * behind + first, count: min(limit, behind - first), step: 1,
              channelStep: behind))
        }
      }
    }
  }
}
