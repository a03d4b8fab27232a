import Compression
import Terminal
import Workbench

/// The distillation screen, and the training that goes on behind everything else.
package struct Distilling: Hashable, Sendable {
  package enum Status: Hashable, Sendable {
    case idle, preparing, running, paused, finished, stopped
    case failed(String)

    /// Whether there is a training that can be paused and stopped.
    package var isActive: Bool { self == .preparing || self == .running || self == .paused }
  }

  package struct Point: Hashable, Sendable {
    /// Epochs since the beginning.
    package var x: Double
    package var y: Double
  }

  package internal(set) var slider = DistillingSlider.alpha
  /// An exact value that is being typed for the slider.
  package internal(set) var entry: TextField?

  package internal(set) var status = Status.idle
  /// What is trained, with the settings that it goes by now.
  package internal(set) var recipe: Recipe?
  package internal(set) var progress: TrainingProgress?
  package internal(set) var hard: [Point] = []
  package internal(set) var soft: [Point] = []
  /// The headline after each epoch, and at 0 before the first.
  package internal(set) var scores: [Point] = []
  /// Where other settings were taken up.
  package internal(set) var changes: [Double] = []
  package internal(set) var best: EpochReport?

  /// More points than this are thinned out; no screen has so many columns.
  static let pointLimit = 600

  /// The headline of the student before it learnt.
  package var startScore: Double? { scores.first?.y }

  /// Begins anew, and keeps where the sliders' cursor is.
  mutating func begin(_ recipe: Recipe) {
    let slider = slider
    self = Distilling()
    self.slider = slider
    self.recipe = recipe
    status = .preparing
  }

  mutating func take(_ event: TrainingEvent) {
    switch event {
    case .preparing: status = .preparing
    case .restarted: if let recipe { begin(recipe) }
    case .begun(let score):
      scores = [Point(x: 0, y: score)]
      if status == .preparing { status = .running }
    case .progress(let progress):
      self.progress = progress
      if let value = progress.hard { Self.add(Point(x: progress.position, y: value), to: &hard) }
      if let value = progress.soft { Self.add(Point(x: progress.position, y: value), to: &soft) }
    case .epoch(let report):
      scores.append(Point(x: Double(report.epoch), y: report.score))
      if report.isBest { best = report }
    case .changed(let position): changes.append(position)
    case .paused(let isPaused): if status.isActive { status = isPaused ? .paused : .running }
    case .ended(.finished): status = .finished
    case .ended(.stopped): status = .stopped
    case .ended(.failed(let text)): status = .failed(text.asSentence)
    }
  }

  private static func add(_ point: Point, to points: inout [Point]) {
    points.append(point)
    guard points.count > pointLimit else { return }
    points = points.enumerated().filter { $0.offset.isMultiple(of: 2) || $0.offset == points.count - 1 }
      .map(\.element)
  }
}
