import Graph
import Tensor

/// `(x - mean) / sqrt(variance + epsilon) · scale + bias` of runs of planes that lie side by side in row-major order,
/// with a scale and a bias for each plane.
struct RunNormalizationStep: Step {
  let source: Value
  let destination: Value
  let planes: Int
  let planesPerRun: Int
  let epsilon: Float
  /// One for each plane of a sample.
  let scale: [Float]
  let bias: [Float]

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let (from, to) = (memory.address(source), memory.address(destination))
    return { inputs in run(from.floats(inputs), to.floats(inputs)) }
  }

  private func run(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
    let plane = source.storedCount / planes
    let count = planesPerRun * plane
    for run in 0..<planes / planesPerRun {
      let (x, y) = (input + run * count, output + run * count)
      var sum = 0.0
      for index in 0..<count { sum += Double(x[index]) }
      let mean = Float(sum / Double(count))
      var squares = 0.0
      for index in 0..<count {
        let distance = x[index] - mean
        squares += Double(distance * distance)
      }
      let factor = 1 / (Float(squares / Double(count)) + epsilon).squareRoot()
      for part in 0..<planesPerRun {
        let channel = (run * planesPerRun + part) % scale.count
        let (a, b) = (factor * scale[channel], bias[channel])
        for index in part * plane..<(part + 1) * plane { y[index] = (x[index] - mean) * a + b }
      }
    }
  }
}

extension Lowering {
  /// Adds a normalisation of each run of channels.
  ///
  /// - Parameter repeated: for how many channels in a row one scale and bias stand.
  fileprivate mutating func lowerRuns(
    _ node: Node, channelsPerRun: Int, epsilon: Float, repeated: Int = 1
  ) throws -> Bool {
    let dims = try dims(node.outputs[0])
    guard try value(node.inputs[0]).isFloat, let scale = tensor(node.input(1))?.floats,
      let bias = tensor(node.input(2))?.floats, dims.reduce(1, *) > 0
    else { return false }
    let input = try plain(node.inputs[0], node: node.label)
    let destination = allocate(dims)
    let spread = { (values: [Float]) in values.flatMap { [Float](repeating: $0, count: repeated) } }
    let step = RunNormalizationStep(
      source: input, destination: destination, planes: dims[0] * dims[1], planesPerRun: channelsPerRun,
      epsilon: epsilon, scale: spread(scale), bias: spread(bias))
    add(step, node: node.label, touching: [input, destination])
    define(node.outputs[0], destination)
    return true
  }
}

extension InstanceNormalization: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    try plan.lowerRuns(node, channelsPerRun: 1, epsilon: epsilon)
  }
}

extension GroupNormalization: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let perGroup = try plan.dims(node.outputs[0])[1] / groups
    return try plan.lowerRuns(
      node, channelsPerRun: perGroup, epsilon: epsilon, repeated: scalesGroups ? perGroup : 1)
  }
}
