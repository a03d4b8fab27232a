import Engine
import Graph
import Tensor

/// GPTQ (Frantar et al. 2022, "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers"):
/// the columns of a weight are rounded in turn, and those still to come are changed in closed form so that the layer's
/// outputs over samples stay as near as they can.
///
/// H = Xᵀ X is of the layer's inputs in the float model, pruned and scaled as it is, not of inputs that earlier layers
/// have been quantized for. Scales are those of plain rounding. Only where each block of inputs has its own and columns
/// keep their order is a block's scale found when its turn comes, from what its weights have become by then; with
/// columns in order of activation the blocks' scales are those from the beginning (GPTQ's static groups), for a block
/// then has no one turn. Zeros stay zeros, so that what is pruned stays pruned.
struct GPTQ {
  /// The weight as it is when each element's turn to be rounded comes: rounded plainly it gives GPTQ's integers.
  private(set) var adjusted: Tensor
  /// By scale, in the order in which they were given.
  private(set) var parameters: [LinearParameters]

  /// - Parameters:
  ///   - weight: float32, all finite.
  ///   - products: `Xᵀ X` by group of output channels.
  ///   - places: for each element of the weight the index of its scale.
  ///   - parameters: of each scale as plain rounding has them.
  /// - Throws: `WeightMismatch` where H cannot be inverted.
  init(
    _ weight: Tensor, rule: WeightRule, mode: QuantizationMode?, options: GPTQOptions, slot: WeightSlot,
    products: [SymmetricMatrix], places: [Int], parameters: [LinearParameters]
  ) throws(WeightMismatch) {
    let layout = WeightMatrix(weight.shape, outputAxis: slot.outputAxis)
    var run = Run(
      rule: rule, mode: mode, rows: layout.rows / max(1, products.count), columns: layout.columns,
      taps: layout.columns / max(1, weight.shape[slot.inputAxis]), places: layout.gathered(places),
      adjusted: layout.gathered(weight.floats), parameters: parameters)
    for (group, product) in products.enumerated() {
      try run.sweep(product, group: group, options)
    }
    guard run.adjusted.allSatisfy(\.isFinite) else {
      throw WeightMismatch(reason: "outgrows all numbers when GPTQ rounds it; give it a higher damping")
    }
    adjusted = Tensor(layout.scattered(run.adjusted), shape: weight.shape)
    self.parameters = run.parameters
  }
}

/// The rounding of one weight, group by group.
private struct Run {
  let rule: WeightRule
  let mode: QuantizationMode?
  /// Of one group.
  let rows: Int
  let columns: Int
  /// Columns that belong to one input.
  let taps: Int
  /// `[groups * rows, columns]`, as `adjusted`.
  let places: [Int]
  var adjusted: [Float]
  var parameters: [LinearParameters]

  mutating func sweep(_ products: SymmetricMatrix, group: Int, _ options: GPTQOptions) throws(WeightMismatch)
  {
    var order = Array(0..<columns)
    if options.order == .activation {
      let diagonal = products.diagonal
      order.sort { (-diagonal[$0], $0) < (-diagonal[$1], $1) }
    }
    guard var sweep = ColumnSweep(products.permuted(order), damping: Float(options.damping)) else {
      throw WeightMismatch(
        reason: "cannot be rounded by GPTQ: the products of its inputs have no inverse; give it more samples "
          + "or a higher damping")
    }
    let first = group * rows
    var part = (0..<rows).flatMap { row in order.map { adjusted[(first + row) * columns + $0] } }
    let isGone = part.map { $0 == 0 }
    var renewing = false
    if case .block(let size) = rule.granularity, options.order == .natural {
      sweep.block = size * taps
      renewing = true
    }
    let rounding = rule.rounding(mode)
    sweep.run(&part, rows: rows) { block, matrix in
      if renewing { renew(block, first: first, matrix, isGone) }
    } change: { row, column, value in
      let element = (first + row) * columns + order[column]
      if isGone[row * columns + column] { return 0 }
      adjusted[element] = value
      return parameters[places[element]].rounded(value, rounding)
    }
  }

  /// Finds the scales of a block of columns anew.
  ///
  /// - Parameter matrix: `[rows, columns]` as it is when the block's turn comes.
  private mutating func renew(_ block: Range<Int>, first: Int, _ matrix: [Float], _ isGone: [Bool]) {
    var members: [Int: [Float]] = [:]
    for row in 0..<rows {
      for column in block {
        let at = row * columns + column
        members[places[first * columns + at], default: []].append(isGone[at] ? 0 : matrix[at])
      }
    }
    for (place, values) in members {
      // What is not finite is found at the end.
      if let found = QuantizedWeight.parameters(of: values, rule: rule, mode: mode) {
        parameters[place] = found
      }
    }
  }
}
