import Tensor

/// What of a weight is ranked, other than whole slices.
public enum RankedUnit: Hashable, Sendable {
  case single
  case block(rows: Int, columns: Int)
  /// Of every `m` neighbours along the input axis all but the `n` best may go.
  case pattern(n: Int, m: Int)

  /// Weights in one.
  var size: Int {
    if case .block(let rows, let columns) = self { rows * columns } else { 1 }
  }

  var plural: String {
    switch self {
    case .single: "weights"
    case .block(let rows, let columns): "blocks of \(rows)x\(columns)"
    case .pattern(let n, let m): "weights that \(n):\(m) lets go"
    }
  }

  /// The scores of those that a pattern lets go; not-a-number, which ranks above all, for the rest. Of equal ones
  /// the first go.
  static func candidates(_ scores: [Float], n: Int, m: Int, along axis: Int, of shape: Shape) -> [Float] {
    var result = [Float](repeating: .nan, count: scores.count)
    let inner = shape.inner(of: axis)
    var order = [Int](repeating: 0, count: m)
    for block in 0..<shape.count / max(1, m * inner) {
      for offset in 0..<inner {
        for place in 0..<m { order[place] = (block * m + place) * inner + offset }
        order.sort { (ScoreKey.of(scores[$0]), $0) < (ScoreKey.of(scores[$1]), $1) }
        for index in order[..<(m - n)] { result[index] = scores[index] }
      }
    }
    return result
  }
}
