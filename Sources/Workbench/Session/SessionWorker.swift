import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor

/// What the thread of a session does. Made on that thread, and never seen by another.
final class SessionWorker {
  private let project: Project
  private let compressor: Compressor
  private let history: History
  private let threads: Int
  private let inbox: Inbox
  private let shelf: SampleShelf
  private let way: RightOfWay
  private let onEvent: @Sendable (SessionEvent) -> Void

  private var material: Material?
  /// False where the model turned out to be none that can be evaluated.
  private var isEvaluable = true
  /// The model as it is, for as long as its evaluation is not finished.
  private var baseline: Evaluator?
  private var isBaselineKnown = false
  /// Whether it was run here, so that what lies between its layers is kept.
  private var isOriginalKept = false
  /// Results by the compressed graph: different recipes may do the same.
  private var results: [ContentHash: Evaluation] = [:]
  /// Of the compressed graphs whose evaluation is not finished.
  private var hashes: [Recipe: ContentHash] = [:]
  private var pacer = Pacer()
  private var heap = HeapTrim()
  private let power = PowerSource()
  /// What of each sample was right: in the model as it was, and in the last setting that was measured.
  private var references = Evaluator.References()
  /// Evaluations that something newer has interrupted: whoever comes back goes on where they stopped.
  private var paused: [(recipe: Recipe, evaluator: Evaluator)] = []
  private static let pausedLimit = 4
  /// The evaluation before, so that weights which are the same again need not be prepared anew.
  private var latest: Evaluator?
  private static let resultsLimit = 1000
  private let cache: ActivationCache

  /// What evaluations need of the data.
  struct Material {
    let data: Dataset
    /// nil for random inputs.
    let calibration: CalibrationData?
    /// What fidelity compares with.
    let original: OriginalOutputs
  }

  init(
    project: Project, compressor: Compressor, history: History, threads: Int, cacheBudget: Int, inbox: Inbox,
    shelf: SampleShelf, way: RightOfWay, onEvent: @escaping @Sendable (SessionEvent) -> Void
  ) {
    self.project = project
    self.compressor = compressor
    self.history = history
    self.threads = threads
    self.inbox = inbox
    self.shelf = shelf
    self.way = way
    cache = ActivationCache(budget: cacheBudget)
    self.onEvent = onEvent
  }

  /// Serves the inbox until it is closed.
  func work() {
    // On Linux the nice value belongs to the thread: transforms must not keep the screen waiting.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    loadData()
    while !inbox.isClosed {
      way.isUrgent = true
      serve()
      // The ticket is taken before the recipe, so that one which comes in between interrupts.
      let ticket = inbox.ticket
      if let request = inbox.takeRecipe() {
        evaluate(request, ticket: ticket)
      } else if !isBaselineKnown, isEvaluable, material != nil {
        evaluateBaseline(generation: nil, ticket: ticket)
      } else {
        way.isUrgent = false
        if !lookAhead(ticket: ticket) { inbox.wait() }
      }
    }
  }

  /// What is short and is not to wait for an evaluation: called between its batches too.
  private func serve() {
    if let (layer, request) = inbox.takeFocus() {
      attempt(generation: request.generation) {
        // The layer may be of the model before, if the recipe begins with another one.
        let layers = try compressor.start(of: request.recipe).compressor.model.layers
        guard layers.indices.contains(layer) else { return }
        let detail = try compressor.detail(
          layer: layer, recipe: request.recipe, calibration: material?.calibration)
        onEvent(.layerDetail(generation: request.generation, layer: layer, detail))
      }
    }
    measureSizes()
    for export in inbox.takeExports() {
      attempt(generation: nil) {
        let paths = try export.write {
          try export.trained?.compressed(threads: threads)
            ?? compressor.apply(export.recipe, calibration: material?.calibration)
        }
        onEvent(.exported(paths: paths))
      }
    }
  }

  private func measureSizes() {
    let (recipes, ticket) = inbox.takeSizes()
    let inbox = inbox
    for recipe in recipes {
      do {
        let compressed = try compressor.apply(recipe, calibration: material?.calibration) {
          inbox.isInterrupted(since: ticket)
        }
        onEvent(.sizes(recipe, try Sizes(of: compressed) { inbox.isInterrupted(since: ticket) }))
      } catch  where Cancellation.matches(error) {
        // Whoever gave a newer recipe asks again.
        return
      } catch {
        // The evaluation of the recipe says why.
        onEvent(.sizes(recipe, nil))
      }
    }
  }

  private func loadData() {
    attempt(generation: nil) {
      let data = try project.loadData()
      let calibration = project.calibration(data)
      material = Material(
        data: data, calibration: calibration,
        original: OriginalOutputs(project.model.graph, threads: threads))
      shelf.samples = calibration
      shelf.data = data
      onEvent(
        .dataLoaded(
          DataSummary(name: data.name, samples: data.count, classes: data.classes, task: data.task)))
    }
  }

  /// - Parameter generation: of the empty recipe, where a person asked for it.
  private func evaluateBaseline(generation: Int?, ticket: Int) {
    guard let material, isEvaluable else { return }
    do {
      let hash = material.data.contentHash
      var result = history.result(.empty, data: hash, task: material.data.judgement)
      if result == nil {
        if baseline == nil { baseline = try evaluator(of: project.model.graph, keepsAll: true) }
        result = try run(baseline!, ticket: ticket) { estimate in
          onEvent(.baseline(estimate))
          if let generation { onEvent(.estimate(generation: generation, estimate)) }
        }
        references.original = baseline!.shares
        references.previous = references.previous ?? baseline!.shares
        history.save(result!, of: .empty, data: hash, task: material.data.judgement)
        isOriginalKept = true
      }
      baseline = nil
      isBaselineKnown = true
      remember(result!, of: .empty, graph: project.model.graph)
      onEvent(.baseline(result!))
      if let generation { onEvent(.exact(generation: generation, result!)) }
    } catch  where Cancellation.matches(error) {
      // It goes on where it stopped when nothing else is to be done.
    } catch {
      onEvent(.failed(generation: generation, message: project.sentence(error)))
      isEvaluable = false
    }
  }

  private func evaluate(_ request: Inbox.Request, ticket: Int) {
    guard let material, isEvaluable else { return }
    let generation = request.generation
    let recipe = request.recipe
    if recipe == .empty && !isBaselineKnown {
      evaluateBaseline(generation: generation, ticket: ticket)
      return
    }
    attempt(generation: generation) {
      let hash = material.data.contentHash
      if let known = inbox.known(recipe) ?? history.result(recipe, data: hash, task: material.data.judgement)
      {
        inbox.remember(known, of: recipe)
        onEvent(.exact(generation: generation, known))
        return
      }
      let result = try measured(recipe, ticket: ticket) { onEvent(.estimate(generation: generation, $0)) }
      guard let result else { return }
      history.save(result, of: recipe, data: hash, task: material.data.judgement)
      onEvent(.exact(generation: generation, result))
    }
  }

  /// The exact result of a recipe; nil where something newer came.
  ///
  /// - Parameter isAhead: whether nobody waits for it.
  private func measured(
    _ recipe: Recipe, ticket: Int, isAhead: Bool = false, publish: (Evaluation) -> Void
  ) throws -> Evaluation? {
    let inbox = inbox
    let index = paused.firstIndex { $0.recipe == recipe }
    let evaluator: Evaluator
    if let index {
      evaluator = paused.remove(at: index).evaluator
    } else {
      let compressed = try compressor.apply(recipe, calibration: material?.calibration) {
        inbox.isInterrupted(since: ticket)
      }
      if inbox.isInterrupted(since: ticket) { return nil }
      let hash = compressed.graph.contentHash
      if let known = results[hash] {
        inbox.remember(known, of: recipe)
        return known
      }
      hashes[recipe] = hash
      evaluator = try self.evaluator(of: compressed.graph)
    }
    do {
      let result = try run(evaluator, ticket: ticket, publish: publish)
      if !isAhead { references.previous = evaluator.shares }
      if let hash = hashes.removeValue(forKey: recipe) {
        if results.count >= Self.resultsLimit { results = [:] }
        results[hash] = result
      }
      inbox.remember(result, of: recipe)
      return result
    } catch  where Cancellation.matches(error) {
      paused.append((recipe, evaluator))
      if paused.count > Self.pausedLimit { hashes[paused.removeFirst().recipe] = nil }
      throw error
    }
  }

  /// Does a piece of what may be asked for next.
  ///
  /// - Returns: false where there is nothing.
  private func lookAhead(ticket: Int) -> Bool {
    guard let material, isEvaluable, inbox.looksAhead, !power.isBattery, !way.isTraining else { return false }
    if !isOriginalKept {
      keepOriginal(ticket: ticket)
      return true
    }
    guard let recipe = inbox.nextAhead() else { return false }
    let hash = material.data.contentHash
    if inbox.known(recipe) != nil { return true }
    if let known = history.result(recipe, data: hash, task: material.data.judgement) {
      inbox.remember(known, of: recipe)
      onEvent(.ahead(recipe, known))
      return true
    }
    do {
      guard let result = try measured(recipe, ticket: ticket, isAhead: true, publish: { _ in }) else {
        return true
      }
      history.save(result, of: recipe, data: hash, task: material.data.judgement)
      onEvent(.ahead(recipe, result))
    } catch {
      // Stale, or a neighbour that cannot be carried out: nobody asked for it.
    }
    return true
  }

  /// Runs the model as it is, where its result came from an earlier session: what lies between its layers is what
  /// the first moves begin with.
  private func keepOriginal(ticket: Int) {
    do {
      if baseline == nil { baseline = try evaluator(of: project.model.graph, keepsAll: true) }
      _ = try run(baseline!, ticket: ticket) { _ in }
      references.original = baseline!.shares
      isOriginalKept = true
      baseline = nil
    } catch  where Cancellation.matches(error) {
      // It goes on where it stopped.
    } catch {
      isOriginalKept = true
    }
  }

  private func evaluator(of graph: Graph, keepsAll: Bool = false) throws -> Evaluator {
    try Evaluator(
      graph, on: material!.data, threads: threads, macs: compressor.baseline.macs,
      original: material!.original, references: references, cache: cache, keepsAll: keepsAll)
  }

  private func remember(_ evaluation: Evaluation, of recipe: Recipe, graph: Graph) {
    results[graph.contentHash] = evaluation
    inbox.remember(evaluation, of: recipe)
  }

  /// Runs to the end, publishing estimates now and then.
  private func run(_ evaluator: Evaluator, ticket: Int, publish: (Evaluation) -> Void) throws -> Evaluation {
    let inbox = inbox
    defer { onEvent(.cached(bytes: cache.byteCount, budget: cache.budget)) }
    pacer.restart()
    defer {
      latest = evaluator
      heap.evaluated()
    }
    return try evaluator.run {
      inbox.isInterrupted(since: ticket)
    } progress: { evaluation in
      serve()
      if !evaluation.isExact, pacer.isDue() { publish(evaluation) }
    }
  }

  private func attempt(generation: Int?, _ body: () throws -> Void) {
    do {
      try body()
    } catch  where Cancellation.matches(error) {
      // What replaces it is in the inbox.
    } catch {
      onEvent(.failed(generation: generation, message: project.sentence(error)))
    }
  }
}
