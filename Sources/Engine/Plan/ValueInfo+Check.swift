import Graph
import Tensor

extension ValueInfo {
  /// Throws unless a given type and shape fit what the graph declares.
  func check(_ dtype: DType, _ shape: Shape) throws(EngineError) {
    if let declared = self.dtype, declared != dtype {
      throw .input(name, reason: "is \(dtype), but the model takes \(declared)")
    }
    if let dims {
      let fits =
        dims.count == shape.rank && zip(dims, shape.dims).allSatisfy { $0.value == nil || $0.value == $1 }
      guard fits else {
        let wanted = dims.map(\.description).joined(separator: "·")
        throw .input(name, reason: "has shape \(shape), but the model takes \(wanted)")
      }
    }
  }
}
