import Graph
import Tensor

/// Takes each element from one of two; the gradient goes where the element came from.
extension Where: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let condition = try tape.plain(node.inputs[0])
    let (a, b) = (try tape.plain(node.inputs[1]), try tape.plain(node.inputs[2]))
    guard condition.dtype == .bool, a.isFloat, b.isFloat else { return false }
    let host = try tape.host(a, b, node, order: .plain)
    let result =
      try host.map { tape.defineOver($0, node) }
      ?? tape.output(node, hasGradient: a.gradient != nil || b.gradient != nil, isFree: true)
    let chosen = BroadcastRuns(condition.dims, [], over: result.dims)
    let runs = BroadcastRuns(a.dims, b.dims, over: result.dims)
    let mask = tape.keep(Variable(result.dims, dtype: .bool, hasGradient: false))
    let flags = mask.bytes.assumingMemoryBound(to: UInt8.self)
    func spread() {
      let source = condition.bytes.assumingMemoryBound(to: UInt8.self)
      for start in chosen.starts {
        let (from, to) = (source + start.left, flags + start.result)
        for index in 0..<chosen.length { to[index] = from[index * chosen.leftStep] }
      }
    }
    let isConstant = tape.tensor(node.inputs[0]) != nil
    if isConstant { spread() }
    tape.add(
      gives: [result],
      forward: { _ in
        if !isConstant { spread() }
        for start in runs.starts {
          let (x, y) = (a.floats + start.left, b.floats + start.right)
          Self.choose(
            x, runs.leftStep, y, runs.rightStep, by: flags + start.result,
            into: result.floats + start.result, runs.length)
        }
      },
      backward: {
        guard let gradient = result.gradient?.floats else { return }
        // The one that writes over the gradient comes last.
        for isLeft in host === a ? [false, true] : [true, false] {
          guard let own = isLeft ? a.gradient : b.gradient else { continue }
          let isWhole = isLeft ? runs.leftIsWhole : runs.rightIsWhole
          if !isWhole { own.settle() }
          let isAdding = !isWhole || own.startAdding()
          for start in runs.starts {
            Self.pass(
              gradient + start.result, where: flags + start.result, isLeft,
              to: own.floats + (isLeft ? start.left : start.right), isLeft ? runs.leftStep : runs.rightStep,
              isAdding: isAdding, runs.length)
          }
        }
      })
    return true
  }

  /// Every number is read before it is chosen, or not, and what is written over has a loop of its own: so the compiler makes
  /// vectors.
  private static func choose(
    _ x: UnsafePointer<Float>, _ leftStep: Int, _ y: UnsafePointer<Float>, _ rightStep: Int,
    by flags: UnsafePointer<UInt8>, into z: UnsafeMutablePointer<Float>, _ length: Int
  ) {
    let (first, second) = (x[0], y[0])
    if leftStep == 0 && UnsafePointer(z) == y {
      for index in 0..<length {
        let y = z[index]
        z[index] = flags[index] != 0 ? first : y
      }
    } else if rightStep == 0 && UnsafePointer(z) == x {
      for index in 0..<length {
        let x = z[index]
        z[index] = flags[index] != 0 ? x : second
      }
    } else {
      for index in 0..<length {
        let (x, y) = (x[index * leftStep], y[index * rightStep])
        z[index] = flags[index] != 0 ? x : y
      }
    }
  }

  private static func pass(
    _ gradient: UnsafePointer<Float>, where flags: UnsafePointer<UInt8>, _ wanted: Bool,
    to target: UnsafeMutablePointer<Float>, _ step: Int, isAdding: Bool, _ length: Int
  ) {
    if UnsafePointer(target) == gradient && step == 1 && !isAdding {
      for index in 0..<length {
        let g = target[index]
        target[index] = (flags[index] != 0) == wanted ? g : 0
      }
    } else if step == 1 && !isAdding {
      for index in 0..<length {
        let g = gradient[index]
        target[index] = (flags[index] != 0) == wanted ? g : 0
      }
    } else {
      for index in 0..<length {
        let g = gradient[index]
        target[index * step] += (flags[index] != 0) == wanted ? g : 0
      }
    }
  }
}
