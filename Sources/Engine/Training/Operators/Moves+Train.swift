import Graph
import Tensor

extension Transpose: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.plain(node.inputs[0])
    guard x.isFloat else { return false }
    let y = try tape.output(node, hasGradient: x.gradient != nil, isFree: true)
    let strides = try order(rank: x.dims.count).map { x.shape.strides[$0] }
    tape.addMoves([Move(y.dims, from: (0, strides), to: (0, y.shape.strides))], [(x, y)], covers: true)
    return true
  }
}

extension Expand: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.plain(node.inputs[0])
    guard x.isFloat else { return false }
    let y = try tape.output(node, hasGradient: x.gradient != nil, isFree: true)
    let strides = Array(repeating: 0, count: y.dims.count - x.dims.count) + x.shape.strides
    let sizes = Array(repeating: 1, count: y.dims.count - x.dims.count) + x.dims
    let repeating = zip(strides, sizes).map { $1 == 1 ? 0 : $0 }
    tape.addMoves([Move(y.dims, from: (0, repeating), to: (0, y.shape.strides))], [(x, y)], covers: false)
    return true
  }
}

extension Slice: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.plain(node.inputs[0])
    guard x.isFloat else { return false }
    let facts = node.inputs.map { name in name.isEmpty ? nil : tape.typed.facts[name] }
    let ranges = try ranges([Facts(dtype: x.dtype, dims: x.dims.map { Dim($0) })] + facts.dropFirst())
    let y = try tape.output(node, hasGradient: x.gradient != nil, isFree: true)
    let first = zip(ranges, x.shape.strides).reduce(0) { $0 + $1.0.start * $1.1 }
    let strides = zip(ranges, x.shape.strides).map { $0.step * $1 }
    tape.addMoves(
      [Move(y.dims, from: (first, strides), to: (0, y.shape.strides))], [(x, y)], covers: false)
    return true
  }
}

extension Split: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.plain(node.inputs[0])
    guard x.isFloat else { return false }
    let axis = try axis.axis(ofRank: x.dims.count)
    var (moves, pairs, first): ([Move], [(Variable, Variable)], Int) = ([], [], 0)
    let isWhole = !node.outputs.contains("")
    for (index, name) in node.outputs.enumerated() {
      guard !name.isEmpty else { return false }
      let y = try tape.output(node, index, hasGradient: x.gradient != nil, isFree: true)
      moves.append(
        Move(y.dims, from: (first * x.shape.strides[axis], x.shape.strides), to: (0, y.shape.strides)))
      pairs.append((x, y))
      first += y.dims[axis]
    }
    tape.addMoves(moves, pairs, covers: isWhole)
    return true
  }
}

extension Concat: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let inputs = try node.inputs.map { try tape.plain($0) }
    guard inputs.allSatisfy(\.isFloat) else { return false }
    let y = try tape.output(node, hasGradient: inputs.contains { $0.gradient != nil }, isFree: true)
    let axis = try axis.axis(ofRank: y.dims.count)
    var (moves, first): ([Move], Int) = ([], 0)
    for x in inputs {
      moves.append(
        Move(x.dims, from: (0, x.shape.strides), to: (first * y.shape.strides[axis], y.shape.strides)))
      first += x.dims[axis]
    }
    tape.addMoves(moves, inputs.map { ($0, y) }, covers: true)
    return true
  }
}

extension Pad: Trainable {
  func isTrainable(_ node: Node, in graph: Graph) -> Bool { mode == .constant }

  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let x = try tape.plain(node.inputs[0])
    let facts = node.inputs.map { name in name.isEmpty ? nil : tape.typed.facts[name] }
    guard x.isFloat, let (begin, end) = try resolved(facts, rank: x.dims.count) else { return false }
    let value: Float
    switch amounts {
    case .attribute(_, let given): value = given
    case .inputs:
      guard let name = node.input(2) else {
        value = 0
        break
      }
      guard let tensor = tape.tensor(name) else { return false }
      value = tensor.floats.first ?? 0
    }
    let y = try tape.output(node, hasGradient: x.gradient != nil, isFree: false)
    // Negative amounts take away.
    let from = zip(begin, x.shape.strides).reduce(0) { $0 + max(-$1.0, 0) * $1.1 }
    let to = zip(begin, y.shape.strides).reduce(0) { $0 + max($1.0, 0) * $1.1 }
    let dims = x.dims.indices.map { x.dims[$0] + min(begin[$0], 0) + min(end[$0], 0) }
    y.floats.update(repeating: value, count: y.count)
    tape.addMoves(
      [Move(dims, from: (from, x.shape.strides), to: (to, y.shape.strides))], [(x, y)],
      covers: dims == x.dims)
    return true
  }
}

extension Tape {
  /// Adds moves of elements, one for each pair of a source and a target.
  ///
  /// - Parameter covers: whether the moves together take every element of each source once.
  func addMoves(_ moves: [Move], _ pairs: [(from: Variable, to: Variable)], covers: Bool) {
    var results: [Variable] = []
    for pair in pairs where !results.contains(where: { $0 === pair.to }) { results.append(pair.to) }
    // A source that is named twice, as in a Concat with itself, is covered by each of its moves.
    let isShared = Set(pairs.map { ObjectIdentifier($0.to) }).count > 1
    add(
      gives: results,
      forward: { _ in
        for (move, pair) in zip(moves, pairs) { move.copy(pair.from.floats, pair.to.floats) }
      },
      backward: {
        var isAdding: Bool?
        for (move, pair) in zip(moves, pairs) {
          guard let source = pair.from.gradient, let target = pair.to.gradient else { continue }
          if !covers { source.settle() }
          let adds = !covers || (isShared ? isAdding ?? source.startAdding() : source.startAdding())
          isAdding = adds
          move.copyBack(target.floats, source.floats, isAdding: adds)
        }
      })
  }
}
