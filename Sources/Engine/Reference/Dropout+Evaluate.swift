import Graph
import Tensor

extension Dropout: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try required(inputs, 0)
    let layouts = try layouts(inputs)
    let ratio = optional(inputs, 1)?.floats.first ?? 0.5
    let drops = optional(inputs, 2)?.integers?.first == 1 && ratio != 0
    let kept = drops ? try drawn(x.count, ratio: ratio) : [Bool](repeating: true, count: x.count)
    let mask = Tensor(kept, shape: x.shape).converted(to: layouts[1].dtype)
    if !drops { return [x, mask] }
    let scale = Double(1 / (1 - ratio))
    let y = zip(x.doubles, kept).map { $1 ? $0 * scale : 0 }
    return [Tensor(y, shape: x.shape).converted(to: x.dtype), mask]
  }

  /// Which elements are kept, drawn as ONNX's own definition draws them.
  private func drawn(_ count: Int, ratio: Float) throws -> [Bool] {
    guard ratio > 0, ratio < 1 else {
      throw Mismatch("the ratio is \(ratio), but must be at least 0 and below 1")
    }
    guard let seed else {
      throw EngineError.unsupported(
        node: "",
        reason: "Dropout in training_mode has no seed, so that no two runs would give the same; "
          + "export the model for inference")
    }
    var generator = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed))
    return (0..<count).map { _ in generator.uniform() >= Double(ratio) }
  }
}
