import COneDNN
import Tensor

/// A primitive between fixed places in memory, with scratch memory of its own.
final class PrimitiveRun {
  enum Argument {
    case source, weights, bias, destination, scale, shift, mean, variance
    case sourceGradient, weightsGradient, biasGradient, destinationGradient, scaleGradient, shiftGradient

    var index: Int32 {
      switch self {
      case .source: DNNL_ARG_SRC
      case .weights: DNNL_ARG_WEIGHTS
      case .bias: DNNL_ARG_BIAS
      case .destination: DNNL_ARG_DST
      case .scale: DNNL_ARG_SCALE
      case .shift: DNNL_ARG_SHIFT
      case .mean: DNNL_ARG_MEAN
      case .variance: DNNL_ARG_VARIANCE
      case .sourceGradient: DNNL_ARG_DIFF_SRC
      case .weightsGradient: DNNL_ARG_DIFF_WEIGHTS
      case .biasGradient: DNNL_ARG_DIFF_BIAS
      case .destinationGradient: DNNL_ARG_DIFF_DST
      case .scaleGradient: DNNL_ARG_DIFF_SCALE
      case .shiftGradient: DNNL_ARG_DIFF_SHIFT
      }
    }
  }

  typealias Operand = (argument: Argument, descriptor: MemoryDescriptor, place: UnsafeMutableRawPointer)

  private let bound: BoundPrimitive
  private let scratch: Storage

  init(_ primitive: Primitive, _ operands: [Operand]) throws {
    scratch = Storage(byteCount: primitive.scratchByteCount)
    bound = try primitive.bound(
      operands.map {
        ($0.argument.index, try BoundMemory($0.descriptor, at: .fixed($0.place), node: primitive.node))
      }, scratch: scratch.bytes.baseAddress)
  }

  func run() throws { try bound.run([]) }
}

/// Writes, or adds, what a primitive gives: those of oneDNN only write.
final class AddingRun {
  private let primitive: Primitive
  private let operands: [PrimitiveRun.Operand]
  private let result: PrimitiveRun.Operand
  private let writing: PrimitiveRun
  private var adding: (run: PrimitiveRun, storage: Storage)?

  /// - Parameter result: what it writes, without padding.
  init(_ primitive: Primitive, _ operands: [PrimitiveRun.Operand], result: PrimitiveRun.Operand) throws {
    self.primitive = primitive
    self.operands = operands
    self.result = result
    writing = try PrimitiveRun(primitive, operands + [result])
  }

  func run(isAdding: Bool) throws {
    guard isAdding else { return try writing.run() }
    if adding == nil {
      let storage = Storage(byteCount: result.descriptor.byteCount)
      let place = (result.argument, result.descriptor, storage.bytes.baseAddress!)
      adding = (try PrimitiveRun(primitive, operands + [place]), storage)
    }
    guard let adding else { return }
    try adding.run.run()
    let source = adding.storage.bytes.bindMemory(to: Float.self).baseAddress!
    let target = result.place.assumingMemoryBound(to: Float.self)
    for index in 0..<result.descriptor.byteCount / MemoryLayout<Float>.stride {
      target[index] += source[index]
    }
  }
}
