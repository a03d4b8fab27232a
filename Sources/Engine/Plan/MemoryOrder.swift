/// How the elements of a float32 value lie in memory.
///
/// An affair of the engine: graphs never see it.
enum MemoryOrder: Hashable, Sendable {
  /// Row-major.
  case plain
  /// `[N, C, ...]` with the channels in blocks: `[N, C/block, ..., block]`, padded with zeros to whole blocks.
  case blocked(Int)
  /// `[N, ..., C]`: the channels of one position side by side.
  case channelsLast
  /// Row-major with axes exchanged: the stride of each axis, in elements.
  case strided([Int])

  /// Elements in memory, padding included.
  func count(_ dims: [Int]) -> Int {
    switch self {
    case .plain, .channelsLast, .strided: return dims.reduce(1, *)
    case .blocked(let block):
      var padded = dims
      padded[1] = (dims[1] + block - 1) / block * block
      return padded.reduce(1, *)
    }
  }
}
