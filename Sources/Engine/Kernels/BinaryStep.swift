import Tensor

/// `+`, `-`, `*` or `/` of two float32 values, the smaller broadcast as NumPy does.
struct BinaryStep: Step {
  enum Function: Sendable { case add, subtract, multiply, divide }

  let function: Function
  let left: Value
  let right: Value
  let destination: Value

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let (a, b, to) = (memory.address(left), memory.address(right), memory.address(destination))
    let rows = Self.rows(left, right, destination)
    return { inputs in
      let (a, b, output) = (a.floats(inputs), b.floats(inputs), to.floats(inputs))
      if rows.starts.count == 1 {
        Parallel.forEach(rows.length, grain: Self.grain) { range in
          var part = rows
          part.length = range.count
          let first = range.lowerBound
          run(a + first * rows.leftStep, b + first * rows.rightStep, output + first, part)
        }
      } else {
        Parallel.forEach(rows.starts.count, grain: max(Self.grain / max(rows.length, 1), 1)) { range in
          for row in rows.starts[range] { run(a + row.left, b + row.right, output + row.output, rows) }
        }
      }
    }
  }

  /// Elements that are worth a thread.
  private static let grain = 1 << 14

  private func run(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>, _ rows: Rows
  ) {
    switch function {
    case .add: Self.run(x, y, z, rows) { $0 + $1 }
    case .subtract: Self.run(x, y, z, rows) { $0 - $1 }
    case .multiply: Self.run(x, y, z, rows) { $0 * $1 }
    case .divide: Self.run(x, y, z, rows) { $0 / $1 }
    }
  }

  /// The innermost loop: its length, and how far each operand moves.
  private struct Rows: Sendable {
    var starts: [(left: Int, right: Int, output: Int)]
    var length: Int
    var leftStep: Int
    var rightStep: Int
  }

  private static func rows(_ left: Value, _ right: Value, _ output: Value) -> Rows {
    if left.dims == right.dims {
      return Rows(starts: [(0, 0, 0)], length: output.storedCount, leftStep: 1, rightStep: 1)
    }
    let dims = output.dims
    let (a, b) = (broadcastStrides(left.dims, to: dims), broadcastStrides(right.dims, to: dims))
    let length = dims.last ?? 1
    var starts: [(left: Int, right: Int, output: Int)] = [(0, 0, 0)]
    let strides = output.shape.strides
    for axis in dims.indices.dropLast() {
      starts = starts.flatMap { start in
        (0..<dims[axis]).map {
          (start.left + $0 * a[axis], start.right + $0 * b[axis], start.output + $0 * strides[axis])
        }
      }
    }
    return Rows(starts: starts, length: length, leftStep: a.last ?? 0, rightStep: b.last ?? 0)
  }

  /// Strides of a row-major value along the axes of a larger one: 0 where it is repeated.
  private static func broadcastStrides(_ dims: [Int], to target: [Int]) -> [Int] {
    let missing = target.count - dims.count
    let strides = Shape(dims).strides
    return target.indices.map { $0 < missing || dims[$0 - missing] == 1 ? 0 : strides[$0 - missing] }
  }

  @inline(__always)
  private static func run(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>, _ rows: Rows,
    _ function: (Float, Float) -> Float
  ) {
    switch (rows.leftStep, rows.rightStep) {
    case (1, 1): for index in 0..<rows.length { z[index] = function(x[index], y[index]) }
    case (1, 0): for index in 0..<rows.length { z[index] = function(x[index], y[0]) }
    case (0, 1): for index in 0..<rows.length { z[index] = function(x[0], y[index]) }
    default: for index in 0..<rows.length { z[index] = function(x[0], y[0]) }
    }
  }
}
