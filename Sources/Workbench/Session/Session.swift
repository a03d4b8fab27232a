import Compression
import Engine
import Formats
import Foundation
import Graph
import Synchronization
import Tensor

/// A model being worked on: takes recipes, and tells by events what they do.
///
/// All methods return at once, but for `estimate`, which is arithmetic alone. What takes time happens on one
/// thread of the session's own, which drops what is stale: of several recipes only the latest counts.
public final class Session: Sendable {
  public let project: Project
  public let compressor: Compressor
  /// What the person left here earlier; keep it up to date with `history.record`.
  public let history: History
  /// Where the person left off, killed or not; nil where the model is new to the history.
  public let resumed: Trail?

  let onEvent: @Sendable (SessionEvent) -> Void
  let threads: Int
  let cacheBudget: Int
  let inbox = Inbox()
  let shelf = SampleShelf()
  let way = RightOfWay()
  let trained: TrainedModels
  let training = Mutex(Training())

  public var model: Model { project.model }

  /// Opens a model, and begins to load its data and to evaluate it as it is.
  ///
  /// - Parameters:
  ///   - path: a .onnx file or a bundle.
  ///   - data: what to evaluate on in place of the bundle's data.
  ///   - training: what to train by in place of the bundle's training data.
  ///   - options: what takes the place of what the data, or the bundle, says of itself.
  ///   - historyPath: the SQLite file; nil to remember nothing beyond the session.
  ///   - threads: processor cores to use.
  ///   - cacheBudget: bytes that may be kept of values between layers.
  ///   - onEvent: called on the session's threads, perhaps before this returns, and on the caller's for a notice
  ///     about the history; it should hand the event on and return.
  /// - Throws: an error whose description is one sentence, where the model cannot be read.
  public static func open(
    _ path: String, data: String? = nil, training: String? = nil, options: DataOptions = DataOptions(),
    historyPath: String? = HistoryStore.defaultPath(), threads: Int = Threads.standard,
    cacheBudget: Int = CacheBudget.standard,
    onEvent: @escaping @Sendable (SessionEvent) -> Void
  ) throws -> Session {
    let project = try Project(path, data: data, training: training, options: options)
    let session = Session(
      project, historyPath: historyPath, threads: threads, cacheBudget: cacheBudget, onEvent: onEvent)
    session.start()
    return session
  }

  private init(
    _ project: Project, historyPath: String?, threads: Int, cacheBudget: Int,
    onEvent: @escaping @Sendable (SessionEvent) -> Void
  ) {
    self.project = project
    self.threads = threads
    self.cacheBudget = cacheBudget
    self.onEvent = onEvent
    trained = TrainedModels(directory: historyPath.map(TrainedModels.directory(besides:)))
    compressor = project.compressor(threads: threads, trained: trained)
    history = History(path: historyPath, model: project.model.contentHash) { onEvent(.notice($0)) }
    resumed = history.resume()
  }

  private func start() {
    // The thread holds what it works with, not the session, which ends it when nobody needs it any more.
    let thread = Thread { [project, compressor, history, threads, cacheBudget, inbox, shelf, way, onEvent] in
      SessionWorker(
        project: project, compressor: compressor, history: history, threads: threads,
        cacheBudget: cacheBudget, inbox: inbox, shelf: shelf, way: way,
        onEvent: onEvent
      ).work()
    }
    thread.name = "pare-session"
    thread.stackSize = 8 << 20
    thread.start()
  }

  deinit {
    inbox.close()
    stopTraining()
  }

  /// What the model costs after a recipe. Does not run anything unless `estimateObserves`, and can be called for
  /// every frame.
  ///
  /// - Throws: `RecipeError` or `CompressionError` where the recipe does not fit the model, or needs samples that are
  ///   not loaded.
  public func estimate(
    _ recipe: Recipe, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> CostReport {
    try compressor.estimate(recipe, calibration: shelf.samples, isCancelled: isCancelled)
  }

  /// Whether `estimate` would run the model on samples first, once for each new thing that is asked of them.
  public func estimateObserves(_ recipe: Recipe) -> Bool {
    shelf.samples.map { compressor.mustObserve(recipe, calibration: $0) } ?? false
  }

  /// The exact result of a recipe, where this session knows it already.
  public func known(_ recipe: Recipe) -> Evaluation? { inbox.known(recipe) }

  /// Makes `recipe` the one that is evaluated. An earlier one that is still being evaluated is dropped.
  ///
  /// - Returns: the number by which events speak of this call, counting from 1.
  @discardableResult
  public func apply(_ recipe: Recipe) -> Int { inbox.apply(recipe) }

  /// Asks for the details of a layer, now and after every `apply`; nil for none.
  ///
  /// - Parameter layer: an index in `model.layers`.
  public func focus(layer: Int?) { inbox.focus(layer) }

  /// Asks for the sizes of models after recipes. Of several calls only the latest counts, and a later `apply` drops
  /// what is not done yet: ask again after it.
  public func measureSizes(_ recipes: [Recipe]) { inbox.measureSizes(recipes) }

  /// Says what may be asked for next, the likeliest first: it is measured when there is nothing else to do, and told by
  /// `ahead`. A later call, or a later `apply`, takes its place.
  public func lookAhead(_ recipes: [Recipe]) { inbox.lookAhead(recipes) }

  /// Whether to work on what nobody asked for yet; true unless told.
  public func setLooksAhead(_ looksAhead: Bool) { inbox.setLooksAhead(looksAhead) }

  /// Writes the compressed model, its recipe, or both. Each file appears whole or not at all; `exported` or
  /// `failed` tells how it went.
  public func export(_ recipe: Recipe, model modelPath: String?, recipe recipePath: String?) {
    inbox.export(Export(recipe: recipe, modelPath: modelPath, recipePath: recipePath))
  }

  /// Stops all work, and waits until the history is written. Events may still be on their way.
  public func close() {
    inbox.close()
    stopTraining()
    history.flush()
  }
}
