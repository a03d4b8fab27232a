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
  private let onEvent: @Sendable (SessionEvent) -> Void

  private var material: Material?
  /// False where the model turned out to be none that can be evaluated.
  private var isEvaluable = true
  /// The model as it is, for as long as its evaluation is not finished.
  private var baseline: Evaluator?
  private var isBaselineKnown = false
  /// Results by the compressed graph: different recipes may do the same.
  private var results: [ContentHash: Evaluation] = [:]
  private var pacer = Pacer()
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
    shelf: SampleShelf, onEvent: @escaping @Sendable (SessionEvent) -> Void
  ) {
    self.project = project
    self.compressor = compressor
    self.history = history
    self.threads = threads
    self.inbox = inbox
    self.shelf = shelf
    cache = ActivationCache(budget: cacheBudget)
    self.onEvent = onEvent
  }

  /// Serves the inbox until it is closed.
  func work() {
    // On Linux the nice value belongs to the thread: transforms must not keep the screen waiting.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    loadData()
    while !inbox.isClosed {
      serve()
      // The ticket is taken before the recipe, so that one which comes in between interrupts.
      let ticket = inbox.ticket
      if let request = inbox.takeRecipe() {
        evaluate(request, ticket: ticket)
      } else if !isBaselineKnown, isEvaluable, material != nil {
        evaluateBaseline(generation: nil, ticket: ticket)
      } else {
        inbox.wait()
      }
    }
  }

  /// What is short and is not to wait for an evaluation: called between its batches too.
  private func serve() {
    if let (layer, request) = inbox.takeFocus() {
      attempt(generation: request.generation) {
        let detail = try compressor.detail(
          layer: layer, recipe: request.recipe, calibration: material?.calibration)
        onEvent(.layerDetail(generation: request.generation, layer: layer, detail))
      }
    }
    measureSizes()
    for export in inbox.takeExports() {
      attempt(generation: nil) {
        let paths = try export.write {
          try compressor.apply(export.recipe, calibration: material?.calibration)
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
        history.save(result!, of: .empty, data: hash, task: material.data.judgement)
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
      let inbox = inbox
      let compressed = try compressor.apply(recipe, calibration: material.calibration) {
        inbox.isInterrupted(since: ticket)
      }
      if inbox.isInterrupted(since: ticket) { return }
      var result = results[compressed.graph.contentHash]
      if result == nil {
        result = try run(try evaluator(of: compressed.graph), ticket: ticket) {
          onEvent(.estimate(generation: generation, $0))
        }
      }
      remember(result!, of: recipe, graph: compressed.graph)
      history.save(result!, of: recipe, data: hash, task: material.data.judgement)
      onEvent(.exact(generation: generation, result!))
    }
  }

  private func evaluator(of graph: Graph, keepsAll: Bool = false) throws -> Evaluator {
    try Evaluator(
      graph, on: material!.data, threads: threads, macs: compressor.baseline.macs,
      original: material!.original, cache: cache, keepsAll: keepsAll)
  }

  private func remember(_ evaluation: Evaluation, of recipe: Recipe, graph: Graph) {
    results[graph.contentHash] = evaluation
    inbox.remember(evaluation, of: recipe)
  }

  /// Runs to the end, publishing estimates now and then.
  private func run(_ evaluator: Evaluator, ticket: Int, publish: (Evaluation) -> Void) throws -> Evaluation {
    let inbox = inbox
    pacer.restart()
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
