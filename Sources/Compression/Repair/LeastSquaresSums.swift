import Engine
import Graph
import Tensor

/// What an output of the pruned model lacks, as rows of channels.
struct Residual {
  let before: Tensor
  let kept: [Int]
  let after: Tensor
  let axis: Int

  /// - Parameters:
  ///   - before: the output of the model as it was.
  ///   - kept: its channels that the pruned model has.
  ///   - after: the output of the pruned model.
  init(_ before: Tensor, kept: [Int], minus after: Tensor, axis: Int) {
    self.before = before
    self.kept = kept
    self.after = after
    self.axis = axis
  }

  /// The rows of some samples for some channels, `[samples, positions, channels]`.
  func rows(_ samples: Range<Int>, channels: Range<Int>) -> [Float] {
    let (all, count) = (before.shape[axis], after.shape[axis])
    let inner = after.shape.inner(of: axis)
    let outer = after.shape.outer(of: axis) / max(1, after.shape[0])
    var rows = [Float](repeating: 0, count: samples.count * outer * inner * channels.count)
    before.withElements(of: Float.self) { before in
      after.withElements(of: Float.self) { after in
        var at = 0
        for block in samples.lowerBound * outer..<samples.upperBound * outer {
          for position in 0..<inner {
            for channel in channels {
              rows[at] =
                before[(block * all + kept[channel]) * inner + position]
                - after[(block * count + channel) * inner + position]
              at += 1
            }
          }
        }
      }
    }
    return rows
  }
}

/// The sums over samples by which the weights of a layer are fitted.
struct LeastSquaresSums {
  /// `Xᵀ X`, by group.
  private var products: [SymmetricMatrix]
  /// `Xᵀ R`, by group.
  private var cross: [CrossProducts]
  private let columns: Int
  private let perGroup: Int

  /// - Parameter channels: of the output.
  init(_ unfolding: Unfolding, channels: Int) {
    let groups = unfolding.groups
    columns = unfolding.columns
    perGroup = channels / max(1, groups)
    products = [SymmetricMatrix](repeating: SymmetricMatrix(size: columns), count: groups)
    cross = [CrossProducts](repeating: CrossProducts(rows: columns, columns: perGroup), count: groups)
  }

  mutating func add(_ data: Tensor, _ unfolding: Unfolding, residual: Residual) {
    unfolding.forEachPart(of: data) { group, samples, rows in
      let lacking = residual.rows(samples, channels: group * perGroup..<(group + 1) * perGroup)
      products[group].addGram(of: rows)
      lacking.withUnsafeBufferPointer { cross[group].add(rows, $0) }
    }
  }

  var isFinite: Bool {
    products.allSatisfy { $0.diagonal.allSatisfy(\.isFinite) } && cross.allSatisfy(\.isFinite)
  }

  /// The weights `[channels, columns]` changed to fit, where they are not zero.
  ///
  /// - Parameters:
  ///   - factor: by which the layer multiplies what it sums.
  ///   - damping: λ as a share of the mean of the diagonal of `Xᵀ X`.
  /// - Throws: `CompressionError.cancelled`.
  func fitted(
    _ weights: [Float], factor: Float, damping: Float, isCancelled: () -> Bool
  ) throws(CompressionError) -> [Float] {
    var weights = weights
    guard factor != 0 else { return weights }
    for group in products.indices {
      let diagonal = products[group].diagonal
      let lambda = damping * Float(diagonal.reduce(0) { $0 + Double($1) } / Double(max(1, columns)))
      guard lambda > 0 else { continue }
      // Rows that have the same weights left share one factorisation.
      let channels = Dictionary(grouping: group * perGroup..<(group + 1) * perGroup) { channel in
        (0..<columns).filter { weights[channel * columns + $0] != 0 }
      }
      for (support, channels) in channels where !support.isEmpty {
        if isCancelled() { throw .cancelled }
        var matrix = products[group].permuted(support)
        matrix.addToDiagonal(lambda)
        let right = support.flatMap { row in channels.map { cross[group][row, $0 - group * perGroup] } }
        guard let change = matrix.solve(right, columns: channels.count) else { continue }
        for (row, column) in support.enumerated() {
          for (place, channel) in channels.enumerated() {
            weights[channel * columns + column] += change[row * channels.count + place] / factor
          }
        }
      }
    }
    return weights
  }
}
