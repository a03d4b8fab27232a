import Graph
import Tensor

/// A step that computes an operator by its plain definition, for those without a fast form.
struct ReferenceStep: Step {
  let node: String
  let op: any Evaluable
  /// nil for an input that is left out.
  let inputs: [Value?]
  /// nil for an output that nothing asks for.
  let outputs: [Value?]

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let sources = inputs.map { value in value.map { (value: $0, address: memory.address($0)) } }
    let targets = outputs.map { value in value.map { (value: $0, address: memory.address($0)) } }
    return { [op, node] run in
      let arguments = sources.map { source in
        source.map { value, address in
          Tensor(
            dtype: value.dtype, shape: value.shape,
            storage: Storage(borrowing: address.pointer(run), byteCount: value.byteCount))
        }
      }
      for (result, target) in zip(try op.evaluate(arguments), targets) {
        guard let target else { continue }
        guard result.shape == target.value.shape && result.dtype == target.value.dtype else {
          throw EngineError.unsupported(
            node: node, reason: "gave \(result.shape) where \(target.value.shape) was inferred")
        }
        result.withUnsafeBytes {
          target.address.pointer(run).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
      }
    }
  }
}
