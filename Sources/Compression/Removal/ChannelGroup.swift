/// Layers whose output channels can only be taken out together, and all that gets shorter with them.
///
/// A channel of the group is a set of positions on axes of weights and activations that links tie to each other:
/// the outputs of two convolutions that meet in a sum, the columns behind a Flatten, the k-th of every group of a
/// grouped convolution.
struct ChannelGroup: Sendable {
  /// An axis of a weight by which layers make channels of the group.
  struct Member: Sendable {
    var weight: String
    var axis: Int
    /// The group's channel at each position of the axis.
    var channels: [Int]

    /// Positions whose channel is one of `gone`.
    func positions(of gone: Set<Int>) -> [Int] { channels.indices.filter { gone.contains(channels[$0]) } }
  }

  /// Positions on an axis of a value that belong to the group.
  struct Place: Sendable {
    var value: String
    var axis: Int
    var positions: [Int32] = []
    /// The group's channel at each of `positions`.
    var channels: [Int32] = []
  }

  /// Indices in `Model.layers`, ascending.
  var layers: [Int]
  /// Number of channels.
  var channels: Int
  /// Each weight once.
  var members: [Member]
  var places: [Place] = []
  /// Why nothing can be taken out, in a sentence; nil where it can.
  var obstacle: String?
  /// Whether its channels are the heads of an attention.
  var isAttention = false

  /// What is to be cut, by value, where channels are taken out.
  ///
  /// - Complexity: linear in the positions of the group.
  func cuts(removing gone: Set<Int>) -> [String: Cuts] {
    var isGone = [Bool](repeating: false, count: channels)
    for channel in gone { isGone[channel] = true }
    var cuts: [String: Cuts] = [:]
    for place in places {
      let positions = zip(place.positions, place.channels).compactMap { isGone[Int($1)] ? Int($0) : nil }
      if !positions.isEmpty { cuts[place.value, default: Cuts()].add(positions, along: place.axis) }
    }
    return cuts
  }

  /// The importance of each channel: the mean over all that its members have of it, which are the rows of
  /// weights that make the channel. As the default group reduction of Torch-Pruning (Fang et al. 2023, DepGraph)
  /// is a mean too, a group of many layers ranks beside one of few; the weights that read the channel do not
  /// count here.
  ///
  /// - Parameter slices: one score for each position on a member's axis.
  func importance(_ slices: (Member) throws -> [Double]) rethrows -> [Double] {
    var sums = [Double](repeating: 0, count: channels)
    var counts = [Double](repeating: 0, count: channels)
    for member in members {
      for (channel, score) in zip(member.channels, try slices(member)) {
        sums[channel] += score
        counts[channel] += 1
      }
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
  }
}
