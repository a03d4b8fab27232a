/// One action of a plan, not yet tied to a place in memory.
protocol Step: Sendable {
  /// Bytes of scratch memory that it needs while it runs.
  var scratchByteCount: Int { get }

  /// Ties it to the places where its values lie.
  func bind(_ memory: StepMemory) throws -> BoundStep
}

extension Step {
  var scratchByteCount: Int { 0 }
}

/// A step that can run, on one thread at a time.
typealias BoundStep = (RunInputs) throws -> Void

/// Where a step's values lie in one workspace.
struct StepMemory {
  let address: (Value) -> Address
  let scratch: UnsafeMutableRawPointer?
}

extension Address {
  /// The place in a run with these inputs.
  func pointer(_ inputs: RunInputs) -> UnsafeMutableRawPointer {
    switch self {
    case .fixed(let pointer): pointer
    case .input(let index): UnsafeMutableRawPointer(mutating: inputs[index])
    }
  }

  func floats(_ inputs: RunInputs) -> UnsafeMutablePointer<Float> {
    pointer(inputs).assumingMemoryBound(to: Float.self)
  }
}
