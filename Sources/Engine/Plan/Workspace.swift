import Tensor

/// Memory for one run of a plan at a time, with the plan's steps tied to it.
final class Workspace {
  private let plan: ExecutionPlan
  private let memory: Storage
  private let scratch: Storage
  private let steps: [BoundStep]
  private let outputs: [Address]
  /// Constants that steps read as they are, at their place.
  private let constants: [Tensor]

  init(_ plan: ExecutionPlan) throws {
    self.plan = plan
    let memory = Storage(byteCount: plan.arena.byteCount)
    let scratch = Storage(byteCount: plan.scratchByteCount)
    // Padding channels are never written by some kernels and must not hold a NaN.
    memset(memory)
    var constants: [Int: Tensor] = [:]
    func address(_ value: Value) -> Address {
      switch value.place {
      case .slot(let slot): return .fixed(memory.bytes.baseAddress! + plan.arena.offsets[slot])
      case .input(let index): return .input(index)
      case .constant(let index):
        let tensor = constants[index] ?? plan.constants[index].settled
        constants[index] = tensor
        return .fixed(tensor.withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress!) })
      }
    }
    let scratchAddress = scratch.bytes.baseAddress
    let (steps, outputs) = try withoutActuallyEscaping(address) { address in
      let places = StepMemory(address: address, scratch: scratchAddress)
      return (try plan.steps.map { try $0.step.bind(places) }, plan.outputs.map { address($0.value) })
    }
    self.steps = steps
    self.outputs = outputs
    self.constants = Array(constants.values)
    self.memory = memory
    self.scratch = scratch
  }

  /// Runs every step once, but those before a checkpoint that is kept.
  ///
  /// - Parameters:
  ///   - inputs: pointers to the inputs' bytes, in the plan's order.
  ///   - resumption: what earlier runs left, and what this one is to leave.
  /// - Throws: `EngineError.cancelled` between two steps, or what a step throws.
  func run(_ inputs: RunInputs, resuming resumption: Resumption? = nil, isCancelled: () -> Bool) throws
    -> [String: Tensor]
  {
    Library.useThreads(plan.threads)
    var (first, checkpoints) = (0, plan.checkpoints[...])
    if let resumption, let (index, kept) = resumption.cache.latest(of: plan.checkpoints, resumption.rows) {
      first = plan.checkpoints[index].step
      checkpoints = plan.checkpoints[(index + 1)...]
      copy(plan.checkpoints[index], from: kept.bytes.baseAddress!)
    }
    for index in first..<steps.count {
      if isCancelled() { throw EngineError.cancelled }
      if let resumption, let next = checkpoints.first, next.step == index {
        if resumption.wanted[checkpoints.startIndex] {
          resumption.cache.keep(next, resumption.rows) { copy(next, to: $0) }
        }
        checkpoints.removeFirst()
      }
      try steps[index](inputs)
    }
    var results: [String: Tensor] = [:]
    for ((name, value), address) in zip(plan.outputs, outputs) {
      results[name] = Tensor(dtype: value.dtype, shape: value.shape) {
        $0.copyMemory(from: UnsafeRawBufferPointer(start: address.pointer(inputs), count: value.byteCount))
      }
    }
    return results
  }

  private func copy(_ checkpoint: Checkpoint, from kept: UnsafeMutableRawPointer) {
    var source = kept
    for part in checkpoint.parts {
      place(of: part).copyMemory(from: source, byteCount: part.byteCount)
      source += part.byteCount
    }
  }

  private func copy(_ checkpoint: Checkpoint, to kept: UnsafeMutableRawPointer) {
    var target = kept
    for part in checkpoint.parts {
      target.copyMemory(from: place(of: part), byteCount: part.byteCount)
      target += part.byteCount
    }
  }

  private func place(of part: Checkpoint.Part) -> UnsafeMutableRawPointer {
    memory.bytes.baseAddress! + plan.arena.offsets[part.slot]
  }
}

private func memset(_ storage: Storage) {
  storage.bytes.initializeMemory(as: UInt8.self, repeating: 0)
}
