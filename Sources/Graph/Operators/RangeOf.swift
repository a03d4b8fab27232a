import Tensor

/// The operator Range: numbers from a start on, each a step from the one before, up to a limit that is not reached.
public struct RangeOf: Operator {
  public static let type: OperatorType = "Range"

  public init(_ node: Node, opset: Int) {}

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let start = try inputs.required(0)
    let limit = try inputs.required(1)
    let step = try inputs.required(2)
    for (facts, what) in [(start, "'start'"), (limit, "'limit'"), (step, "'delta'")] {
      try facts.requireSingle(what)
      try facts.require(dtypeIn: [.float32, .float64, .int16, .int32, .int64], what)
      try facts.require(dtypeOf: start, what)
    }
    let output = Facts(dtype: start.dtype ?? limit.dtype ?? step.dtype, dims: [.unknown])
    if let first = start.integers?.first, let last = limit.integers?.first, let step = step.integers?.first {
      return [try Self.integers(from: first, to: last, by: step, output)]
    }
    if step.integers?.first == 0 || step.constant?.doubles.first == 0 { throw Mismatch("'delta' is 0") }
    if let first = start.constant, let last = limit.constant, let step = step.constant {
      return [try Self.reals(first, last, step, output)]
    }
    // From 0 to a size by ones.
    if start.integers?.first == 0, step.integers?.first == 1, let size = limit.elements?.first, size.isSize {
      var numbers = output
      numbers.dims = [size]
      return [numbers]
    }
    return [output]
  }

  private static func integers(from first: Int, to last: Int, by step: Int, _ output: Facts) throws(Mismatch)
    -> Facts
  {
    if step == 0 { throw Mismatch("'delta' is 0") }
    var output = output
    let isEmpty = step > 0 ? first >= last : first <= last
    // The distance may not fit an `Int`, but its magnitude does.
    let distance = isEmpty ? 0 : UInt(bitPattern: step > 0 ? last &- first : first &- last)
    let count = distance == 0 ? 0 : (distance - 1) / step.magnitude + 1
    guard count <= UInt(largestSize) else { throw Mismatch("\(count) numbers are too many") }
    output.dims = [Dim(Int(count))]
    if count > 64 { return output }
    // None is beyond the limit, so that none overflows.
    return output.with(elements: (0..<Int(count)).map { Dim(first &+ $0 &* step) })
  }

  /// In the numbers' own type up to the quotient, as ONNX Runtime counts them.
  private static func reals(_ first: Tensor, _ last: Tensor, _ step: Tensor, _ output: Facts) throws(Mismatch)
    -> Facts
  {
    let distance =
      first.dtype == .float32
      ? Double((last.floats.first ?? 0) - (first.floats.first ?? 0))
      : (last.doubles.first ?? 0) - (first.doubles.first ?? 0)
    let count = (distance / (step.doubles.first ?? 0)).rounded(.up)
    guard !count.isNaN, count <= Double(largestSize) else {
      throw Mismatch("\(count) numbers are too many")
    }
    var output = output
    output.dims = [Dim(Int(max(count, 0)))]
    return output
  }
}

extension Dim {
  /// Whether it is a size for any sizes of what it names.
  var isSize: Bool {
    let ones = Dictionary(symbols.map { ($0, 1) }) { first, _ in first }
    return binding(ones).value.map { $0 >= 0 } == true
  }
}
