import Graph
import Tensor

extension MatMul: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let (a, b) = (try tape.plain(node.inputs[0]), try tape.plain(node.inputs[1]))
    guard a.isFloat, b.isFloat, !a.dims.isEmpty, !b.dims.isEmpty, !(a.dims + b.dims).contains(0) else {
      return false
    }
    let result = try tape.output(
      node, hasGradient: a.gradient != nil || b.gradient != nil, isFree: true)
    // One axis is a row at the left and a column at the right.
    let left = a.dims.count == 1 ? [1] + a.dims : a.dims
    let right = b.dims.count == 1 ? b.dims + [1] : b.dims
    let (m, k, n) = (left[left.count - 2], left[left.count - 1], right[right.count - 1])
    let product: Product
    let places: [BroadcastRuns.Start]
    var (leftIsWhole, rightIsWhole) = (true, true)
    if right.count == 2 {
      product = Product(m: left.dropLast().reduce(1, *), n: n, k: k, node: node.label)
      places = [BroadcastRuns.Start(left: 0, right: 0, result: 0)]
    } else {
      product = Product(m: m, n: n, k: k, node: node.label)
      let (outerLeft, outerRight) = (Array(left.dropLast(2)), Array(right.dropLast(2)))
      let outer = result.dims.dropLast((a.dims.count > 1 ? 1 : 0) + (b.dims.count > 1 ? 1 : 0))
      let runs = BroadcastRuns(outerLeft, outerRight, over: Array(outer))
      (leftIsWhole, rightIsWhole) = (runs.leftIsWhole, runs.rightIsWhole)
      places = runs.starts.flatMap { start in
        (0..<runs.length).map {
          BroadcastRuns.Start(
            left: (start.left + $0 * runs.leftStep) * m * k,
            right: (start.right + $0 * runs.rightStep) * k * n, result: (start.result + $0) * m * n)
        }
      }
    }
    tape.add(
      gives: [result],
      forward: { _ in
        for place in places {
          try product.forward(
            a.floats + place.left, b.floats + place.right, result.floats + place.result, isAdding: false)
        }
      },
      backward: { [leftIsWhole, rightIsWhole] in
        guard let gradient = result.gradient?.floats else { return }
        if let own = a.gradient {
          if !leftIsWhole { own.settle() }
          let isAdding = own.startAdding()
          for place in places {
            try product.backLeft(
              gradient + place.result, b.floats + place.right, own.floats + place.left, isAdding: isAdding)
          }
        }
        if let own = b.gradient {
          if !rightIsWhole { own.settle() }
          let isAdding = own.startAdding()
          for place in places {
            try product.backRight(
              gradient + place.result, a.floats + place.left, own.floats + place.right, isAdding: isAdding)
          }
        }
      })
    return true
  }
}
