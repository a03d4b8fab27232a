/// oneDNN's normalisation by the batch's own statistics, with channels last.
final class LibraryBatchNormalization {
  /// Of the last batch, by channel; the variance is that of the batch itself.
  let mean: UnsafeMutablePointer<Float>
  let variance: UnsafeMutablePointer<Float>
  private let run: PrimitiveRun
  private let back: AddingRun?
  private let x: Variable
  private let scale: Variable
  private let shift: Variable
  private let scales: UnsafeMutablePointer<Float>
  private let shifts: UnsafeMutablePointer<Float>

  /// - Returns: nil where oneDNN has plain loops alone, as for some numbers of channels.
  init?(x: Variable, scale: Variable, shift: Variable, result: Variable, epsilon: Float, on tape: Tape) throws
  {
    let (data, vector) = (
      MemoryDescriptor(x.dims, order: x.order), MemoryDescriptor(plain: [x.dims[1]])
    )
    guard x.order == .channelsLast,
      let (forward, backward) = try Primitive.trainingBatchNormalization(
        data, epsilon: epsilon, node: tape.label)
    else { return nil }
    let channels = x.dims[1]
    (self.x, self.scale, self.shift) = (x, scale, shift)
    (mean, variance) = (tape.room(channels), tape.room(channels))
    (scales, shifts) = (tape.room(channels), tape.room(channels))
    let given: [PrimitiveRun.Operand] = [
      (.source, data, x.bytes), (.scale, vector, scale.bytes), (.shift, vector, shift.bytes),
      (.mean, vector, UnsafeMutableRawPointer(mean)), (.variance, vector, UnsafeMutableRawPointer(variance)),
    ]
    run = try PrimitiveRun(forward, given + [(.destination, data, result.bytes)])
    guard let from = result.gradient else {
      back = nil
      return
    }
    // All three gradients come at once, wanted or not.
    let target = x.gradient?.floats ?? tape.room(x.count)
    back = try AddingRun(
      backward,
      given + [
        (.destinationGradient, data, UnsafeMutableRawPointer(from.floats)),
        (.scaleGradient, vector, UnsafeMutableRawPointer(scales)),
        (.shiftGradient, vector, UnsafeMutableRawPointer(shifts)),
      ], result: (.sourceGradient, data, UnsafeMutableRawPointer(target)))
  }

  func forward() throws { try run.run() }

  func backward() throws {
    try back?.run(isAdding: x.gradient?.startAdding() ?? false)
    scale.gradient?.add(scales)
    shift.gradient?.add(shifts)
  }
}
