import Graph
import Tensor

extension LayerNormalization: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.plain(node.inputs[0])
    let scale = try tape.plain(node.inputs[1])
    let shift = try node.input(2).map { try tape.plain($0) }
    guard x.isFloat, x.count > 0, node.outputs.dropFirst().allSatisfy(\.isEmpty) else { return false }
    let axis = try axis.axis(ofRank: x.dims.count)
    let columns = x.dims[axis...].reduce(1, *)
    let rows = x.count / columns
    let learns = [x, scale, shift].contains { $0?.gradient != nil }
    let y = try tape.output(node, hasGradient: learns, isFree: true)
    let (data, statistics) = (MemoryDescriptor(plain: [rows, columns]), MemoryDescriptor(plain: [rows]))
    let vector = MemoryDescriptor(plain: [columns])
    let (forward, backward) = try Primitive.trainingLayerNormalization(
      data, epsilon: epsilon, hasShift: shift != nil, node: node.label)
    let mean = UnsafeMutableRawPointer(tape.room(rows))
    let variance = UnsafeMutableRawPointer(tape.room(rows))
    var given: [PrimitiveRun.Operand] = [
      (.source, data, x.bytes), (.scale, vector, scale.bytes), (.mean, statistics, mean),
      (.variance, statistics, variance),
    ]
    if let shift { given.append((.shift, vector, shift.bytes)) }
    let run = try PrimitiveRun(forward, given + [(.destination, data, y.bytes)])
    guard let from = y.gradient else {
      tape.add(gives: [y], forward: { _ in try run.run() })
      return true
    }
    // All three come at once, wanted or not.
    let (scales, shifts) = (tape.room(columns), tape.room(columns))
    let target = x.gradient?.floats ?? tape.room(x.count)
    given += [
      (.destinationGradient, data, UnsafeMutableRawPointer(from.floats)),
      (.scaleGradient, vector, UnsafeMutableRawPointer(scales)),
    ]
    if shift != nil { given.append((.shiftGradient, vector, UnsafeMutableRawPointer(shifts))) }
    let back = try AddingRun(
      backward, given, result: (.sourceGradient, data, UnsafeMutableRawPointer(target)))
    tape.add(
      gives: [y], forward: { _ in try run.run() },
      backward: {
        try back.run(isAdding: x.gradient?.startAdding() ?? false)
        scale.gradient?.add(scales)
        shift?.gradient?.add(shifts)
      })
    return true
  }
}
