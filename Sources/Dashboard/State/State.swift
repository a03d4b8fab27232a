import Compression
import Formats
import Terminal
import Workbench

/// All that the screen shows: a value, of which each frame is a pure function.
package struct State: Sendable {
  package typealias Instant = ContinuousClock.Instant

  /// The model as it was opened.
  package let original: Subject
  /// What the recipe begins with.
  package internal(set) var subject: Subject
  package var data: DataState = .loading
  /// What models are judged by, once the data is there.
  package internal(set) var task = DataTask.classification

  // Where everything stands, and where it stood.
  package internal(set) var settings: Settings
  package internal(set) var trail: Trail
  /// The settings of recipes that were met, masters included, which a recipe alone does not tell.
  var remembered: [Recipe: Settings]
  /// The change that is going on: what follows it at once on the same slider is part of it.
  var gesture: Gesture?
  var drag: Focus?

  // What comes of it.
  package internal(set) var cost: CostReport
  /// Why the settings cannot be carried out; `cost` is then that of earlier ones.
  package internal(set) var costFailure: String?
  package internal(set) var measurement = Measurement()
  package internal(set) var baseline: Evaluation?
  /// Why this model cannot be measured at all.
  var evaluationFailure: String?
  /// Which size the result shows.
  package internal(set) var sizeKind = SizeKind.dense
  /// What models take, by recipe; nil for one that cannot be carried out.
  var sizes: [Recipe: Sizes?] = [:]
  /// Recipes whose sizes were asked for last.
  var requestedSizes: [Recipe] = []
  /// Of the focused layer.
  package internal(set) var detail: (layer: Int, detail: LayerDetail)?
  /// Counts changes of settings, so that what belongs to older ones is told apart.
  package internal(set) var generation = 0
  /// Of older moves than this many only the original is kept.
  static let moveLimit = 1000
  /// What was measured, each recipe once.
  package internal(set) var moves: [Move] = []
  /// The exact accuracies that were seen, in order.
  package internal(set) var trend: [Double] = []
  var pendingLabel = ""
  /// What was measured before anybody asked, by recipe.
  var ahead: [Recipe: AheadResult] = [:]
  /// What was asked for of it last, its scores not yet known, and where that was.
  var plannedAhead: [Recipe: AheadResult] = [:]
  var aheadPlace: AheadPlace?
  /// Bytes that are kept of values between layers, and how many may be.
  package internal(set) var cache: (bytes: Int, budget: Int)?

  package internal(set) var distilling = Distilling()

  package internal(set) var snapshots: [ListedSnapshot] = []
  /// Name of the snapshot that numbers are compared with.
  package internal(set) var marked: String?

  // The screen itself.
  package internal(set) var focus = Focus(.master, .prune)
  package internal(set) var offset = 0
  package internal(set) var overlay: Overlay?
  package internal(set) var message: Message?
  package internal(set) var isMouseOn = true
  package internal(set) var isDone = false
  package internal(set) var size: Size
  package internal(set) var look: Look
  package var themeNames: [String] = []
  /// What the paths of an export are made of: the model's file name without its ending.
  package var exportName: String

  package init(
    _ subject: Subject, trail: Trail = Trail(), size: Size, look: Look, exportName: String? = nil
  ) {
    original = subject
    self.trail = trail
    self.size = size
    self.look = look
    self.exportName = exportName ?? subject.name
    let start = trail.current.trained.flatMap(subject.trained) ?? subject
    self.subject = start
    settings = Settings(trail.current, for: start.layers)
    remembered = [trail.current: settings]
    cost = start.baseline
  }

  package var recipe: Recipe { trail.current }

  /// What the numbers of the result are compared with.
  package var reference: Reference {
    if let marked, let listed = snapshots.first(where: { $0.snapshot.name == marked }), let cost = listed.cost
    {
      return Reference(name: marked, cost: cost, evaluation: listed.snapshot.evaluation)
    }
    return Reference(name: "original", cost: original.baseline, evaluation: baseline)
  }

  /// A row's name in a sentence.
  package func name(of row: Focus.Row) -> String {
    row.layer.map { subject.layers[$0].name } ?? "all layers"
  }

  package func tick(_ focus: Focus) -> Int {
    focus.row.layer.map { settings.layers[$0].tick(focus.column) } ?? settings.master(focus.column)
  }
}

/// A burst of changes at one control, which undo takes back as one.
struct Gesture: Hashable, Sendable {
  enum Control: Hashable, Sendable {
    case slider(Focus)
    case distilling(DistillingSlider)
    /// A switch; each press is a step of its own.
    case other
  }

  var control: Control
  var last: State.Instant
  /// The value before the first change, as people read it.
  var before: String

  /// What comes within this time of the last change is part of the gesture.
  static let pause: Duration = .milliseconds(500)
}
