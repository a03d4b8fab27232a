import Foundation
import Graph
import Tensor

/// Applies recipes to one model, and keeps what it has worked out for the next one.
///
/// What it returns depends on its arguments only, never on what was asked before. It can be used from any
/// thread.
public final class Compressor: Sendable {
  public let model: Model
  /// What the model costs as it is.
  public let baseline: CostReport
  private let threads: Int

  /// - Parameter threads: processor cores to use where the model has to be run.
  public init(_ model: Model, threads: Int = ProcessInfo.processInfo.activeProcessorCount) {
    self.model = model
    self.threads = threads
    baseline = Cost.count(model)
  }

  /// The model after a recipe. Constants that a recipe leaves alone are shared with the model.
  ///
  /// - Parameters:
  ///   - calibration: samples, needed where activations are quantized.
  ///   - isCancelled: asked often, from any thread; true ends the work.
  /// - Throws: `RecipeError` where the recipe does not fit the model, `CompressionError` where a layer does not
  ///   take what is asked, `CompressionError.cancelled`, or what running the model throws.
  public func apply(
    _ recipe: Recipe, calibration: CalibrationData? = nil, isCancelled: @Sendable () -> Bool = { false }
  ) throws -> CompressedModel { fatalError("not yet") }

  /// What the model costs after a recipe, without building its graph or running anything: equal to
  /// `Cost.count(apply(recipe).graph)`.
  ///
  /// - Throws: `RecipeError` or `CompressionError` as `apply` does, but needs no calibration.
  public func estimate(_ recipe: Recipe) throws -> CostReport { fatalError("not yet") }

  /// What a dashboard shows of one layer: the histogram of its weights, and what a recipe does to them.
  ///
  /// - Parameter index: index in `model.layers`.
  public func detail(layer index: Int, recipe: Recipe, bins: Int = 64) throws -> LayerDetail {
    fatalError("not yet")
  }
}

/// What a dashboard shows of one layer.
public struct LayerDetail: Hashable, Sendable {
  /// Number of weights in each of as many equal parts of `low...high`, before the recipe.
  public var histogram: [Int]
  public var low: Float
  public var high: Float
  /// Weights of this magnitude or less are pruned; nil unless single weights are.
  public var threshold: Float?
  /// Weights that are zero after the recipe.
  public var zeros: Int
  public var weights: Int
  /// Signal to quantization noise of the pruned weights, in dB; nil where they are not quantized, infinite
  /// where nothing is lost.
  public var sqnr: Double?
}
