import Engine
import Graph
import Tensor

/// SparseGPT: a weight's square over that of its diagonal element in the Cholesky factor of H⁻¹, H = Xᵀ X of the inputs
/// over samples; and what stays makes up for what goes, in closed form (Frantar and Alistarh, "SparseGPT: massive
/// language models can be accurately pruned in one-shot", ICML 2023, algorithm 1).
///
/// As there, weights are chosen anew in each block of 128 columns, from what they have become by then; each block
/// gives the same share. A layer by itself, then, is pruned as a rule for several layers in one list asks, but which
/// layer gives how many is told by the scores before anything has changed.
public struct SparseGPT: ReconstructingCriterion {
  public static let names = ["sparsegpt"]
  public static let observes: Set<LayerObservation.Kind> = [.products]
  /// What is added to H's diagonal, as a share of its mean.
  static let damping: Float = 0.01

  public init(_ rule: PruningRule) {}

  public var name: String { "SparseGPT" }

  public func scores(of weight: RankedWeight) -> [Float] {
    let matrix = WeightMatrix(weight.layer)
    var scores = weight.tensor.floats
    let groups = (weight.observation?.products ?? []).map { ColumnSweep($0, damping: Self.damping) }
    let perGroup = max(1, matrix.rows / max(1, groups.count))
    for row in 0..<matrix.rows {
      let sweep = groups.isEmpty ? nil : groups[min(row / perGroup, groups.count - 1)]
      for column in 0..<matrix.columns {
        let element = matrix.element(row, column)
        scores[element] = Self.saliency(scores[element], sweep?.diagonal(column) ?? 1)
      }
    }
    return scores
  }

  public func pruned(
    _ weight: RankedWeight, unit: RankedUnit, isByRow: Bool, removing count: Int
  ) throws(CompressionError) -> Tensor {
    guard weight.tensor.floats.allSatisfy(\.isFinite) else {
      throw .layer(
        weight.layer.name, reason: "has a weight that is not finite, which SparseGPT cannot make up for")
    }
    let layout = WeightMatrix(weight.layer)
    let products = weight.observation?.products ?? []
    let perGroup = layout.rows / max(1, products.count)
    let order = columnOrder(unit, of: weight.layer, columns: layout.columns)
    var matrix = layout.gathered(weight.tensor.floats)
    var done = 0
    for (group, product) in products.enumerated() {
      guard var sweep = ColumnSweep(product.permuted(order), damping: Self.damping) else {
        throw .layer(
          weight.layer.name,
          reason: "SparseGPT cannot invert the products of its inputs; give it more samples")
      }
      if case .pattern(_, let m) = unit { sweep.block = max(1, sweep.block / m) * m }
      let first = group * perGroup
      var part = (first..<first + perGroup).flatMap { row in
        order.map { matrix[row * layout.columns + $0] }
      }
      let target = count * (group + 1) / products.count
      prune(&part, by: sweep, rows: perGroup, unit: unit, isByRow: isByRow, removing: target - done)
      done = target
      for row in 0..<perGroup {
        for (place, column) in order.enumerated() {
          matrix[(first + row) * layout.columns + column] = part[row * layout.columns + place]
        }
      }
    }
    return Tensor(layout.scattered(matrix), shape: weight.tensor.shape)
  }

  /// The columns as they are, or those of a pattern's neighbours beside each other.
  private func columnOrder(_ unit: RankedUnit, of layer: Layer, columns: Int) -> [Int] {
    guard case .pattern = unit else { return Array(0..<columns) }
    let inputs = max(1, layer.shape[layer.slot.inputAxis])
    let taps = columns / inputs
    return (0..<taps).flatMap { tap in (0..<inputs).map { $0 * taps + tap } }
  }

  private func prune(
    _ part: inout [Float], by sweep: ColumnSweep, rows: Int, unit: RankedUnit, isByRow: Bool,
    removing count: Int
  ) {
    var gone = [Bool](repeating: false, count: part.count)
    // Rows that are chosen from together, and how many of each such lot still have to go.
    let lot = max(1, isByRow ? 1 : rows)
    var left = count / max(1, rows / lot)
    sweep.run(&part, rows: rows) { block, matrix in
      // The same share of what is left in every block, so that the last one comes out even.
      let wanted = left * block.count / max(1, sweep.columns - block.lowerBound)
      for first in stride(from: 0, to: rows, by: lot) {
        for element in choose(wanted, in: block, of: matrix, by: sweep, rows: first..<first + lot, unit) {
          gone[element] = true
        }
      }
      left -= wanted
    } change: { row, column, value in
      gone[row * sweep.columns + column] ? 0 : value
    }
  }

  /// The elements of a block of columns that go.
  private func choose(
    _ count: Int, in block: Range<Int>, of matrix: [Float], by sweep: ColumnSweep, rows: Range<Int>,
    _ unit: RankedUnit
  ) -> [Int] {
    var scores: [Float] = []
    var elements: [Int] = []
    for row in rows {
      for column in block {
        elements.append(row * sweep.columns + column)
        scores.append(Self.saliency(matrix[row * sweep.columns + column], sweep.diagonal(column)))
      }
    }
    if case .pattern(let n, let m) = unit {
      scores = RankedUnit.candidates(scores, n: n, m: m, along: 1, of: [rows.count, block.count])
    }
    let order = scores.indices.sorted {
      (ScoreKey.of(scores[$0]), $0) < (ScoreKey.of(scores[$1]), $1)
    }
    return order.prefix(count).map { elements[$0] }
  }

  private static func saliency(_ weight: Float, _ pivot: Float) -> Float {
    let ratio = weight / pivot
    return ratio * ratio
  }
}
