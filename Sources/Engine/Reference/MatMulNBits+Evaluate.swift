import Graph
import Tensor

extension MatMulNBits: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let output = try layouts(inputs)[0]
    let a = try required(inputs, 0).floats
    let weight = try weight(inputs)
    let bias = optional(inputs, 5)?.floats
    let rows = output.shape.count / outer
    let result = Tensor(of: Float.self, shape: output.shape) { target in
      for row in 0..<rows {
        for column in 0..<outer {
          var sum = bias?[column] ?? 0
          for k in 0..<inner { sum += a[row * inner + k] * weight[column * inner + k] }
          target.initializeElement(at: row * outer + column, to: sum)
        }
      }
    }
    return [result.converted(to: output.dtype)]
  }

  private func code(at k: Int, ofBlock block: Int, in bytes: [UInt8]) -> Float {
    let byte = bytes[block * (blockSize / 2) + k % blockSize / 2]
    return Float(k & 1 == 0 ? byte & 15 : byte >> 4)
  }

  /// The weight as real numbers, `[N, K]`.
  func weight(_ inputs: [Tensor?]) throws -> [Float] {
    let bytes = try required(inputs, 1).array(of: UInt8.self)
    let scales = try required(inputs, 2).floats
    let zeroPoints = zeroPoints(optional(inputs, 3))
    let blocks = blocks
    var result: [Float] = []
    result.reserveCapacity(outer * inner)
    for row in 0..<outer {
      for k in 0..<inner {
        let block = row * blocks + k / blockSize
        result.append((code(at: k, ofBlock: block, in: bytes) - zeroPoints[block]) * scales[block])
      }
    }
    return result
  }

  private func zeroPoints(_ tensor: Tensor?) -> [Float] {
    guard let tensor else { return [Float](repeating: 8, count: outer * blocks) }
    guard tensor.dtype == .uint8 else { return tensor.floats }
    let bytes = tensor.array(of: UInt8.self)
    let (blocks, width) = (blocks, (blocks + 1) / 2)
    return (0..<outer * blocks).map { index in
      let byte = bytes[index / blocks * width + index % blocks / 2]
      return Float(index % blocks & 1 == 0 ? byte & 15 : byte >> 4)
    }
  }
}

extension MatMulNBits: WeightUnpacking {
  public func nonzeroWeights(_ constants: [Tensor?]) -> Int {
    guard let bytes = optional(constants, 1)?.array(of: UInt8.self) else { return outer * inner }
    let zeroPoints = zeroPoints(optional(constants, 3))
    var count = 0
    for row in 0..<outer {
      for k in 0..<inner {
        let block = row * blocks + k / blockSize
        if code(at: k, ofBlock: block, in: bytes) != zeroPoints[block] { count += 1 }
      }
    }
    return count
  }
}
