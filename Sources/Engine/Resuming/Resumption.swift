import Tensor

/// How one run of a plan uses what earlier runs left.
struct Resumption {
  let cache: ActivationCache
  /// The samples that are run.
  let rows: Range<Int>
  /// Of the plan's checkpoints, those to keep.
  let wanted: [Bool]
}
