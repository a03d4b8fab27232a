import Tensor

/// Memory for one run of a plan at a time, with the plan's steps tied to it.
final class Workspace {
  private let plan: ExecutionPlan
  private let memory: Storage
  private let scratch: Storage
  private let steps: [BoundStep]
  private let outputs: [Address]

  init(_ plan: ExecutionPlan) throws {
    self.plan = plan
    let memory = Storage(byteCount: plan.arena.byteCount)
    let scratch = Storage(byteCount: plan.scratchByteCount)
    // Padding channels are never written by some kernels and must not hold a NaN.
    memset(memory)
    let address = { (value: Value) -> Address in
      switch value.place {
      case .slot(let slot): .fixed(memory.bytes.baseAddress! + plan.arena.offsets[slot])
      case .input(let index): .input(index)
      // The plan keeps the tensor, and the tensor its bytes, at their place.
      case .constant(let index):
        .fixed(plan.constants[index].withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress!) })
      }
    }
    let places = StepMemory(address: address, scratch: scratch.bytes.baseAddress)
    steps = try plan.steps.map { try $0.step.bind(places) }
    outputs = plan.outputs.map { address($0.value) }
    self.memory = memory
    self.scratch = scratch
  }

  /// Runs every step once.
  ///
  /// - Parameter inputs: pointers to the inputs' bytes, in the plan's order.
  /// - Throws: `EngineError.cancelled` between two steps, or what a step throws.
  func run(_ inputs: RunInputs, isCancelled: () -> Bool) throws -> [String: Tensor] {
    Library.useThreads(plan.threads)
    for step in steps {
      if isCancelled() { throw EngineError.cancelled }
      try step(inputs)
    }
    var results: [String: Tensor] = [:]
    for ((name, value), address) in zip(plan.outputs, outputs) {
      results[name] = Tensor(dtype: value.dtype, shape: value.shape) {
        $0.copyMemory(from: UnsafeRawBufferPointer(start: address.pointer(inputs), count: value.byteCount))
      }
    }
    return results
  }
}

private func memset(_ storage: Storage) {
  storage.bytes.initializeMemory(as: UInt8.self, repeating: 0)
}
