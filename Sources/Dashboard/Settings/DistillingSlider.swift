import Compression
import Terminal

/// The sliders of the distillation screen, in their order from the top.
package enum DistillingSlider: Int, Hashable, Sendable, CaseIterable {
  case alpha, temperature, learningRate, epochs, batchSize, width

  package var label: String {
    switch self {
    case .alpha: "alpha"
    case .temperature: "temperature"
    case .learningRate: "learning rate"
    case .epochs: "epochs"
    case .batchSize: "batch"
    case .width: "width"
    }
  }

  /// What it means, in half a line.
  var meaning: String {
    switch self {
    case .alpha: "the teacher's share of the loss; 0 is labels alone"
    case .temperature: "how much the teacher's scores are softened"
    case .learningRate: "the highest; the schedule lowers it"
    case .epochs: "times through the training data"
    case .batchSize: "samples a step"
    case .width: "channels that stay; begins anew"
    }
  }

  package var scale: SliderScale {
    switch self {
    case .alpha: Self.shares
    case .temperature: Self.temperatures
    case .learningRate: Self.rates
    case .epochs: Self.counts
    case .batchSize: Self.sizes
    case .width: Self.widths
    }
  }

  private static let shares = SliderScale.linear(0...1000, per: 1000, step: 50)
  private static let temperatures = SliderScale.logarithmic(DistillationSettings.temperatures)
  private static let rates = SliderScale.logarithmic(0.00001...1)
  private static let counts = SliderScale.linear(1...100, per: 1, step: 1)
  private static let sizes = SliderScale.list([8, 16, 32, 64, 128, 256, 512])
  private static let widths = SliderScale.linear(100...1000, per: 1000, step: 50, unit: .percent)

  /// As it stands, which may lie between the places of the slider where a recipe says so.
  package func value(_ settings: DistillationSettings) -> Double {
    switch self {
    case .alpha: settings.alpha
    case .temperature: settings.temperature
    case .learningRate: settings.learningRate
    case .epochs: Double(settings.epochs)
    case .batchSize: Double(settings.batchSize)
    case .width: if case .width(let width) = settings.student { width } else { 1 }
    }
  }

  package func tick(_ settings: DistillationSettings) -> Int { scale.tick(nearest: value(settings)) }

  package func set(_ tick: Int, in settings: inout DistillationSettings) {
    let value = scale.value(at: tick)
    switch self {
    case .alpha: settings.alpha = value
    case .temperature: settings.temperature = value
    case .learningRate: settings.learningRate = value
    case .epochs:
      settings.epochs = Int(value)
      settings.warmUpEpochs = min(settings.warmUpEpochs, settings.epochs)
    case .batchSize: settings.batchSize = Int(value)
    case .width: settings.student = value < 1 ? .width(value) : .compressed
    }
  }

  package func text(_ settings: DistillationSettings) -> String {
    guard self == .width else { return value(settings).text(upTo: 9) }
    return switch settings.student {
    case .compressed, .width: (100 * value(settings)).text(upTo: 1) + " %"
    case .withoutBlocks: "no blocks"
    case .file: "a file"
    }
  }
}
