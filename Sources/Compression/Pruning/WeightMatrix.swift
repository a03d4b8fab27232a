import Graph
import Tensor

/// A layer's weight as a matrix: a row for each output channel, in it all that the channel sums, in the order in
/// which it is stored (`[C, kH, kW]` of a convolution).
struct WeightMatrix: Sendable {
  let rows: Int
  let columns: Int
  /// Elements that lie behind one position of the output axis.
  private let inner: Int

  init(_ layer: Layer) { self.init(layer.shape, outputAxis: layer.slot.outputAxis) }

  init(_ shape: Shape, outputAxis: Int) {
    rows = shape[outputAxis]
    columns = rows == 0 ? 0 : shape.count / rows
    inner = shape.inner(of: outputAxis)
  }

  /// The position of an element in the weight.
  func element(_ row: Int, _ column: Int) -> Int {
    (column / inner * rows + row) * inner + column % inner
  }

  /// The weight's elements as `[rows, columns]`.
  func gathered<Element>(_ elements: [Element]) -> [Element] {
    if inner == columns { return elements }
    var result: [Element] = []
    result.reserveCapacity(elements.count)
    for row in 0..<rows {
      for column in 0..<columns { result.append(elements[element(row, column)]) }
    }
    return result
  }

  /// The elements of `[rows, columns]` as the weight stores them.
  func scattered<Element>(_ matrix: [Element]) -> [Element] {
    if inner == columns { return matrix }
    var result = matrix
    for row in 0..<rows {
      for column in 0..<columns { result[element(row, column)] = matrix[row * columns + column] }
    }
    return result
  }

  /// What each row sums on average.
  ///
  /// - Parameters:
  ///   - weights: as stored.
  ///   - means: of inputs, by group and column; the rows are in groups of equal size.
  ///   - isCounted: whether a column is summed too.
  func sums(
    of weights: [Float], times means: [Double], where isCounted: (_ column: Int) -> Bool = { _ in true }
  ) -> [Double] {
    let matrix = gathered(weights)
    let perGroup = max(1, rows * columns / max(1, means.count))
    let counted = (0..<columns).filter(isCounted)
    return (0..<rows).map { row in
      let (at, group) = (row * columns, row / perGroup * columns)
      return counted.reduce(0) { $0 + Double(matrix[at + $1]) * means[group + $1] }
    }
  }

  /// The place of each score among those of its row, counting from 0; of equal ones the first comes first. What is not a
  /// number stays so, and comes last.
  func places(_ scores: [Float]) -> [Float] {
    var result = scores
    for row in 0..<rows {
      let order = (0..<columns).map { element(row, $0) }
        .sorted { (ScoreKey.of(scores[$0]), $0) < (ScoreKey.of(scores[$1]), $1) }
      for (place, element) in order.enumerated() where !scores[element].isNaN {
        result[element] = Float(place)
      }
    }
    return result
  }
}
