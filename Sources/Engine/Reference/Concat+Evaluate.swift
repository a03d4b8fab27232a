import Graph
import Tensor

extension Concat: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let layout = try layouts(inputs)[0]
    let axis = try axis.axis(ofRank: layout.shape.rank)
    let parts = inputs.compactMap { $0?.spread }
    let outer = layout.shape.outer(of: axis)
    let width = parts[0].dtype.bits / 8
    let row = layout.shape[axis] * layout.shape.inner(of: axis) * width
    let result = Tensor(dtype: parts[0].dtype, shape: layout.shape) { target in
      var start = 0
      for part in parts {
        let piece = part.shape[axis] * part.shape.inner(of: axis) * width
        part.withUnsafeBytes { source in
          for block in 0..<outer {
            target.copy(piece, from: source, at: block * piece, to: block * row + start)
          }
        }
        start += piece
      }
    }
    return [result.packed(as: layout.dtype)]
  }
}
