/// What a score will be at a place of a slider, from what it is at others: straight lines between its neighbours, and
/// the last line drawn on behind them. Made for the moment before anything is measured, and worth no more.
public enum Prediction {
  /// - Parameters:
  ///   - position: on the slider, in any unit.
  ///   - known: scores by position.
  ///   - bounds: what a score can be.
  /// - Returns: nil where fewer than two are known.
  public static func score(
    at position: Double, known: [(position: Double, score: Double)], in bounds: ClosedRange<Double> = 0...1
  ) -> Double? {
    let points = known.sorted { $0.position < $1.position }
    guard points.count > 1 else { return nil }
    let upper = min(
      max(points.firstIndex { $0.position >= position } ?? points.count - 1, 1), points.count - 1)
    let (left, right) = (points[upper - 1], points[upper])
    guard right.position > left.position else { return left.score }
    let slope = (right.score - left.score) / (right.position - left.position)
    let score = left.score + slope * (position - left.position)
    return min(max(score, bounds.lowerBound), bounds.upperBound)
  }
}
