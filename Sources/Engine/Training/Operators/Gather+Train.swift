import Graph
import Tensor

/// Takes slices along an axis; the gradient of one that is taken several times is the sum.
extension Gather: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let (data, indices) = (try tape.plain(node.inputs[0]), try tape.plain(node.inputs[1]))
    guard data.isFloat, indices.dtype == .int64 || indices.dtype == .int32 else { return false }
    let axis = try axis.axis(ofRank: data.dims.count)
    let result = try tape.output(node, hasGradient: data.gradient != nil, isFree: true)
    let (outer, size) = (data.shape.outer(of: axis), data.dims[axis])
    let (inner, count) = (data.shape.inner(of: axis), indices.count)
    func place(_ k: Int) throws -> Int {
      let index =
        indices.dtype == .int64
        ? Int(indices.bytes.load(fromByteOffset: 8 * k, as: Int64.self))
        : Int(indices.bytes.load(fromByteOffset: 4 * k, as: Int32.self))
      let place = index < 0 ? index + size : index
      guard place >= 0, place < size else {
        throw EngineError.unsupported(
          node: node.label, reason: "reads index \(index) of axis \(axis), which has size \(size)")
      }
      return place
    }
    tape.add(
      gives: [result],
      forward: { _ in
        for k in 0..<count {
          let place = try place(k)
          for block in 0..<outer {
            (result.floats + (block * count + k) * inner).update(
              from: data.floats + (block * size + place) * inner, count: inner)
          }
        }
      },
      backward: {
        guard let own = data.gradient, let gradient = result.gradient else { return }
        own.settle()
        for k in 0..<count {
          let place = try place(k)
          for block in 0..<outer {
            let target = own.floats + (block * size + place) * inner
            let source = gradient.floats + (block * count + k) * inner
            for index in 0..<inner { target[index] += source[index] }
          }
        }
      })
    return true
  }
}
