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
          let (z, flags) = (result.floats + start.result, flags + start.result)
          if runs.leftStep == 0 && z == y {
            let x = x[0]
            for index in 0..<runs.length { z[index] = flags[index] != 0 ? x : z[index] }
          } else if runs.rightStep == 0 && z == x {
            let y = y[0]
            for index in 0..<runs.length { z[index] = flags[index] != 0 ? z[index] : y }
          } else if runs.leftStep == 1 && runs.rightStep == 1 {
            for index in 0..<runs.length { z[index] = flags[index] != 0 ? x[index] : y[index] }
          } else if runs.rightStep == 1 {
            let x = x[0]
            for index in 0..<runs.length { z[index] = flags[index] != 0 ? x : y[index] }
          } else {
            let y = y[0]
            for index in 0..<runs.length { z[index] = flags[index] != 0 ? x[index * runs.leftStep] : y }
          }
        }
      },
      backward: {
        guard let gradient = result.gradient?.floats else { return }
        // The one that writes over the gradient comes last.
        for isLeft in host === a ? [false, true] : [true, false] {
          guard let own = isLeft ? a.gradient : b.gradient else { continue }
          let step = isLeft ? runs.leftStep : runs.rightStep
          let isWhole = isLeft ? runs.leftIsWhole : runs.rightIsWhole
          if !isWhole { own.settle() }
          let isAdding = !isWhole || own.startAdding()
          let wanted: Bool = isLeft
          for start in runs.starts {
            let target = own.floats + (isLeft ? start.left : start.right)
            let (g, flags) = (gradient + start.result, flags + start.result)
            if g == UnsafePointer(target) && step == 1 && !isAdding {
              if wanted {
                for index in 0..<runs.length { target[index] = flags[index] != 0 ? target[index] : 0 }
              } else {
                for index in 0..<runs.length { target[index] = flags[index] != 0 ? 0 : target[index] }
              }
            } else if step == 1 && !isAdding && wanted {
              for index in 0..<runs.length { target[index] = flags[index] != 0 ? g[index] : 0 }
            } else if step == 1 && !isAdding {
              for index in 0..<runs.length { target[index] = flags[index] != 0 ? 0 : g[index] }
            } else {
              for index in 0..<runs.length {
                target[index * step] += (flags[index] != 0) == wanted ? g[index] : 0
              }
            }
          }
        }
      })
    return true
  }
}
