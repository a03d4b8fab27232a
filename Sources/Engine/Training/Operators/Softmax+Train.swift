import Graph
import Tensor

extension Softmax: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addSoftmax(self, isLog: false, node) }
}

extension LogSoftmax: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool { try tape.addSoftmax(self, isLog: true, node) }
}

extension Tape {
  fileprivate func addSoftmax(_ op: any AxisNormalization, isLog: Bool, _ node: Node) throws -> Bool {
    let x = try plain(node.inputs[0])
    guard x.isFloat, x.count > 0 else { return false }
    let axes = try op.normalizedAxes(rank: x.dims.count)
    guard !axes.isEmpty else { return false }
    let inner = x.dims[axes.upperBound...].reduce(1, *)
    let sizes =
      [x.dims[..<axes.lowerBound].reduce(1, *), x.dims[axes].reduce(1, *)] + (inner == 1 ? [] : [inner])
    let y = try output(node, hasGradient: x.gradient != nil, gradientOver: x)
    let data = MemoryDescriptor(plain: sizes)
    let (forward, backward) = try Primitive.trainingSoftmax(data, axis: 1, isLog: isLog, node: node.label)
    let run = try PrimitiveRun(forward, [(.source, data, x.bytes), (.destination, data, y.bytes)])
    var back: AddingRun?
    if let from = y.gradient, let to = x.gradient {
      back = try AddingRun(
        backward,
        [(.destination, data, y.bytes), (.destinationGradient, data, UnsafeMutableRawPointer(from.floats))],
        result: (.sourceGradient, data, UnsafeMutableRawPointer(to.floats)))
    }
    add(
      gives: [y], forward: { _ in try run.run() },
      backward: {
        guard let own = x.gradient else { return }
        try back?.run(isAdding: own.startAdding())
      })
    return true
  }
}
