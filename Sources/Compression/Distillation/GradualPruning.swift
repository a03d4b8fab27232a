import Foundation

/// How much is pruned at a step of training: fast at first, ever more slowly towards the end,
/// `s = s_f + (s_i - s_f) (1 - t / T)³` (Zhu and Gupta 2017).
public struct GradualPruning: Hashable, Sendable {
  /// Shares that are pruned at the first step and from the last one on.
  public let initial: Double
  public let final: Double
  /// The step from which on it is `final`: T.
  public let steps: Int
  /// Steps from one renewal of the masks to the next.
  public let every: Int

  public init(initial: Double = 0, final: Double, steps: Int, every: Int = 1) {
    self.initial = initial
    self.final = final
    self.steps = max(steps, 0)
    self.every = max(every, 1)
  }

  /// - Parameters:
  ///   - final: the amount of the recipe's rule, as a share.
  ///   - totalSteps: of the whole training.
  public init(_ ramp: DistillationSettings.Ramp, final: Double, totalSteps: Int) {
    // A rule that asks for less than the ramp begins with is there from the first step.
    self.init(
      initial: min(ramp.initial, final), final: final,
      steps: Int((ramp.end * Double(totalSteps)).rounded()), every: ramp.every)
  }

  /// The share that is pruned at a step, counted from 0, when masks are renewed at every step.
  public func sparsity(at step: Int) -> Double {
    guard step < steps else { return final }
    let left = 1 - Double(max(step, 0)) / Double(steps)
    return final + (initial - final) * left * left * left
  }

  /// Whether masks are renewed before a step: at the first, at every so many, and when the amount is reached, but not after.
  public func renewsMasks(at step: Int) -> Bool {
    step >= 0 && (step < steps && step % every == 0 || step == steps)
  }
}
