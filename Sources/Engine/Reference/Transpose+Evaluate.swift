import Graph
import Tensor

extension Transpose: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let shape = try layouts(inputs)[0].shape
    guard shape.rank > 1 else { return [x] }
    let strides = x.shape.strides
    let order = try order(rank: shape.rank).map { strides[$0] }
    return [
      x.moved(to: shape) { source, target, width in
        switch width {
        case 1: gather(UInt8.self, source, target, shape, order)
        case 2: gather(UInt16.self, source, target, shape, order)
        case 4: gather(UInt32.self, source, target, shape, order)
        default: gather(UInt64.self, source, target, shape, order)
        }
      }
    ]
  }

  /// Writes `target` in order, reading with the given strides.
  private func gather<Piece: BitwiseCopyable>(
    _ type: Piece.Type, _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer,
    _ shape: Shape,
    _ strides: [Int]
  ) {
    let from = source.bindMemory(to: Piece.self)
    let to = target.bindMemory(to: Piece.self)
    let inner = shape.rank - 1
    let step = strides[inner]
    var index = 0
    StridedWalk(sizes: Array(shape.dims[..<inner]), strides: [Array(strides[..<inner])]).visit { offsets in
      for k in 0..<shape[inner] {
        to.initializeElement(at: index, to: from[offsets[0] + k * step])
        index += 1
      }
    }
  }
}
