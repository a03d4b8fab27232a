import Engine
import Foundation
import Graph
import Tensor

/// A weight as integers.
struct QuantizedWeight: StoredWeight {
  /// int8 or uint8, from 9 bits on int16 or uint16, of the weight's shape.
  let integers: Tensor
  /// One, or one for each position along an axis, or one for each block.
  let parameters: [LinearParameters]
  var scales: [Float] { parameters.map(\.scale) }
  var zeroPoints: [Int] { parameters.map(\.zeroPoint) }
  let granularity: QuantizationGranularity
  let bits: Int
  /// False where all are zero and none is written.
  let hasZeroPoints: Bool
  /// Integers that do not stand for zero.
  let nonzero: Int

  var addedBytes: Int { Self.addedBytes(parameters.count, bits: bits, hasZeroPoints) }
  var byteCount: Int { integers.byteCount + 48 * parameters.count }

  /// Bytes beside the elements for so many scales.
  static func addedBytes(_ scales: Int, _ rule: WeightRule) -> Int {
    addedBytes(scales, bits: rule.bits, hasZeroPoints(rule))
  }

  private static func addedBytes(_ scales: Int, bits: Int, _ hasZeroPoints: Bool) -> Int {
    scales * (4 + (hasZeroPoints ? (bits + 7) / 8 : 0))
  }

  private static func hasZeroPoints(_ rule: WeightRule) -> Bool {
    rule.scheme == .affine || !rule.linear.isSigned
  }

  /// Rounds a float32 weight to integers, by a linear rule.
  ///
  /// - Parameters:
  ///   - mode: the tool that is followed.
  ///   - known: the weight's ranges; nil to find them, which takes a pass of its own.
  ///   - products: `Xᵀ X` of the layer's inputs by group, where the rule's method asks for them.
  ///   - adjust: what becomes of the parameters of each channel before anything is rounded by them.
  /// - Throws: `WeightMismatch` where a weight is not finite, or as `GPTQ`.
  init(
    _ weight: Tensor, rule: WeightRule, slot: WeightSlot?, mode: QuantizationMode?,
    ranges known: WeightRanges? = nil, products: [SymmetricMatrix] = [],
    adjust: (Int, LinearParameters) -> LinearParameters = { $1 }
  ) throws(WeightMismatch) {
    let form =
      rule.form(mode) ?? LinearForm(bits: rule.bits, scheme: .symmetric, options: .standard, mode: mode)
    granularity = QuantizationGranularity(rule.granularity, slot: slot)
    bits = rule.bits
    hasZeroPoints = Self.hasZeroPoints(rule)
    let order = weight.shape.order(by: granularity)
    var ordered = weight.ordered(order)
    let ranges: WeightRanges
    if let known { ranges = known } else { ranges = try WeightRanges(of: ordered, shape: order.shape) }
    var found = Self.parameters(ordered, order.shape, ranges, rule, form).enumerated().map { adjust($0, $1) }
    if case .gptq(let options) = rule.linear.method, let slot {
      let result = try GPTQ(
        weight, rule: rule, mode: mode, options: options, slot: slot, products: products,
        places: order.places, parameters: found)
      ordered = result.adjusted.ordered(order)
      found = result.parameters
    }
    let rounding = LinearRounding(shape: order.shape, parameters: found, rounding: rule.rounding(mode))
    var nonzero = 0
    func rounded<T: FixedWidthInteger & TensorElement>(_ type: T.Type) -> Tensor {
      Tensor(of: type, shape: weight.shape) { target in
        nonzero = ordered.withElements(of: Float.self) { rounding.round($0, into: target) }
        guard let swap = order.swap else { return }
        for (index, integer) in swap.backwards(Array(target)).enumerated() { target[index] = integer }
      }
    }
    if rule.linear.isSigned {
      integers = rule.bits > 8 ? rounded(Int16.self) : rounded(Int8.self)
    } else {
      integers = rule.bits > 8 ? rounded(UInt16.self) : rounded(UInt8.self)
    }
    self.nonzero = nonzero
    parameters = order.scales?.backwards(found) ?? found
  }

  /// Integers of 32 bits around 0.
  init(integers: Tensor, scales: [Float], granularity: QuantizationGranularity) {
    self.integers = integers
    parameters = scales.map {
      LinearParameters(scale: $0, zeroPoint: 0, lowest: Int(Int32.min), highest: Int(Int32.max))
    }
    self.granularity = granularity
    bits = 32
    hasZeroPoints = false
    nonzero = integers.count
  }

  /// The scale and the zero point of numbers that share them; nil where one is not finite.
  static func parameters(of numbers: [Float], rule: WeightRule, mode: QuantizationMode?) -> LinearParameters?
  {
    let tensor = Tensor(numbers, shape: [1, 1, numbers.count])
    guard let form = rule.form(mode), let ranges = try? WeightRanges(of: tensor, shape: tensor.shape) else {
      return nil
    }
    return parameters(tensor, tensor.shape, ranges, rule, form).first
  }

  /// A scale and a zero point for each range.
  private static func parameters(
    _ weight: Tensor, _ shape: Shape, _ extremes: WeightRanges, _ rule: WeightRule, _ form: LinearForm
  ) -> [LinearParameters] {
    switch rule.linear.calibration {
    case .minmax: return extremes.ranges.map(form.parameters)
    case .mse: return leastError(weight, shape, extremes, form)
    case .learned:
      var values = [[Float]](repeating: [], count: shape[1])
      weight.withElements(of: Float.self) { numbers in
        shape.forEachRun(along: 1) { channel, run in values[channel] += numbers[run] }
      }
      let found = zip(values, extremes.ranges).map {
        LearnedGrid(values: $0, extremes: $1).parameters(form.parameters($1))
      }
      // Where nothing has been learned yet.
      let others = found.contains(nil) ? leastError(weight, shape, extremes, form) : []
      return found.enumerated().map { $1 ?? others[$0] }
    }
  }

  private static func leastError(
    _ weight: Tensor, _ shape: Shape, _ extremes: WeightRanges, _ form: LinearForm
  ) -> [LinearParameters] {
    weight.withElements(of: Float.self) { values in
      points(of: values, shape: shape, ranges: extremes.ranges).enumerated().map { channel, points in
        form.parameters(
          RangeSearch(points: points, extremes: extremes.ranges[channel], isAffine: form.scheme == .affine)
            .best(form.parameters))
      }
    }
  }

  /// The values of each channel: themselves where they are few, or else as histograms.
  private static func points(
    of values: UnsafeBufferPointer<Float>, shape: Shape, ranges: [ActivationRanges.Range]
  ) -> [[(value: Float, count: Double)]] {
    if shape[0] * shape[2] <= 2 * Histogram.bins {
      var points = [[(value: Float, count: Double)]](repeating: [], count: shape[1])
      shape.forEachRun(along: 1) { channel, run in points[channel] += values[run].map { ($0, 1) } }
      return points
    }
    var histograms = ranges.map { Histogram(low: $0.low, high: $0.high) }
    shape.forEachRun(along: 1) { channel, run in
      histograms[channel].add(UnsafeBufferPointer(rebasing: values[run])) { $0 }
    }
    return histograms.map(\.points)
  }

  /// The weights that the integers stand for, as DequantizeLinear computes them.
  var dequantized: Tensor {
    let values = integers.integers ?? []
    let (scales, zeroPoints) = (scales, zeroPoints)
    return Tensor(of: Float.self, shape: integers.shape) { target in
      granularity.forEachRun(integers.shape) { run, place in
        for index in run { target[index] = Float(values[index] - zeroPoints[place]) * scales[place] }
      }
    }
  }

  func insertion(name: String, opset: Int, fresh: (String) -> String) -> Insertion {
    WeightQuantization.insertion(self, name: name, opset: opset, fresh: fresh)
  }
}

extension Shape {
  /// The same elements as three axes, of which the middle one is `axis`.
  func folded(around axis: Int) -> Shape { [outer(of: axis), dims[axis], inner(of: axis)] }
}

extension Tensor {
  /// A float32 tensor's elements so that those that share a scale lie in runs; itself where they do.
  func ordered(_ order: ScaleOrder) -> Tensor {
    order.swap.map { Tensor($0.forwards(array(of: Float.self)), shape: shape) } ?? self
  }
}
