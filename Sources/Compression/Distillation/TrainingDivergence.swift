/// Training that runs away: a loss or a gradient that is not a finite number.
public struct TrainingDivergence: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Quantity: String, Hashable, Sendable {
    case loss
    case gradientNorm = "norm of the gradients"
  }

  public var quantity: Quantity
  public var value: Double
  /// Counted from 1, as people read them.
  public var epoch: Int
  public var step: Int
  /// What it was trained with.
  public var learningRate: Double
  /// nil where the loss has none.
  public var temperature: Double?

  /// - Throws: itself where one of the two is not finite.
  ///
  /// - Parameters:
  ///   - epoch: counted from 1.
  ///   - step: of the epoch, counted from 1.
  public static func check(
    loss: Double, gradientNorm: Double, epoch: Int, step: Int, learningRate: Double,
    settings: DistillationSettings
  ) throws(TrainingDivergence) {
    let found: [(Quantity, Double)] = [(.loss, loss), (.gradientNorm, gradientNorm)]
    guard let (quantity, value) = found.first(where: { !$0.1.isFinite }) else { return }
    throw TrainingDivergence(
      quantity: quantity, value: value, epoch: epoch, step: step, learningRate: learningRate,
      temperature: settings.comparesSoftened ? settings.temperature : nil)
  }

  public var description: String {
    "epoch \(epoch), step \(step): the \(quantity.rawValue) is \(value); lower the learning rate (\(learningRate))"
      + (temperature.map { " or the temperature (\($0))" } ?? "")
  }
}

extension DistillationSettings {
  /// Whether a temperature takes part in the loss.
  var comparesSoftened: Bool {
    alpha > 0 && DistillationLosses.type(named: loss)?.hasTemperature ?? false
  }
}
