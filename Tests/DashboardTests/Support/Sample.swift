import Compression
import Dashboard
import Foundation
import Graph
import Tensor
import Terminal
import Workbench

/// The sample that lies in the repository, as the screen knows it.
enum Sample {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let path = root.appending(path: "SampleModels/lenet-fashion").path

  static let compressor = Result { Compressor(try Project(path).model, threads: 1) }

  static func subject() throws -> Subject {
    let compressor = try compressor.get()
    return Subject(compressor.model, baseline: compressor.baseline, name: "lenet-fashion")
  }

  /// A model that does not exist, of as many layers as wanted.
  static func tower(_ count: Int) -> Subject {
    let layers = (0..<count).map { index in
      LayerFacts(
        name: "features.\(index).conv", weight: "w\(index)", shape: Shape([64, 32, 3, 3]), outputAxis: 0,
        parameters: 18_496, macs: 1_000_000 * (index + 1))
    }
    let costs = layers.map {
      LayerCost(
        name: $0.name, parameters: $0.parameters, nonzero: $0.parameters, weights: $0.weights,
        nonzeroWeights: $0.weights, sizeBytes: 4 * $0.parameters, macs: $0.macs ?? 0,
        effectiveMacs: $0.macs ?? 0, weightBits: 32, activationBits: 32)
    }
    return Subject(
      name: "tower", layers: layers,
      baseline: CostReport(
        parameters: 18_496 * count, nonzeroParameters: 18_496 * count, sizeBytes: 4 * 18_496 * count,
        macs: costs.reduce(0) { $0 + $1.macs }, effectiveMacs: costs.reduce(0) { $0 + $1.macs },
        peakActivationBytes: 1 << 20, isComplete: true, layers: costs))
  }
}

/// A state with somebody at the keys, and with effects that are arithmetic alone.
struct Desk {
  var state: State
  var now = ContinuousClock.now
  /// Those that were not done here.
  var effects: [Effect] = []
  let compressor: Compressor?

  /// On the sample.
  init(_ columns: Int = 118, _ rows: Int = 30, look: Look = Look(theme: .standard)) throws {
    compressor = try Sample.compressor.get()
    state = State(try Sample.subject(), size: Size(columns: columns, rows: rows), look: look)
  }

  /// On any other model, of which nothing can be estimated.
  init(_ subject: Subject, _ columns: Int, _ rows: Int, look: Look = Look(theme: .standard)) {
    compressor = nil
    state = State(subject, size: Size(columns: columns, rows: rows), look: look)
  }

  mutating func take(_ action: Action) {
    for effect in state.update(action, at: now) {
      guard let compressor else {
        effects.append(effect)
        continue
      }
      switch effect {
      case .estimate(let generation, let recipe):
        let result = Result { try compressor.estimate(recipe) }.mapError { Failure("\($0)") }
        take(.estimated(generation: generation, result))
      case .focus(let layer?):
        if let detail = try? compressor.detail(layer: layer, recipe: state.recipe) {
          take(.detailed(generation: state.generation, layer: layer, detail))
        }
      case .probe(let row, let recipes):
        let failures = recipes.compactMapValues { recipe -> String? in
          do {
            _ = try compressor.estimate(recipe)
            return nil
          } catch {
            return "\(error)"
          }
        }
        take(.probed(row, failures: failures))
      default: effects.append(effect)
      }
    }
  }

  /// Keys by name, quickly one after the other; `pause` lets a second pass, `'text` types.
  mutating func press(_ names: String) {
    for word in names.split(separator: " ") {
      now = now.advanced(by: word == "pause" ? .seconds(1) : .milliseconds(10))
      if word == "pause" { continue }
      if word.first == "'", word.count > 1 {
        for character in word.dropFirst() { take(.key(.character(character))) }
      } else if let key = Key(name: String(word)) {
        take(.key(key))
      } else {
        preconditionFailure("\(word) is no key")
      }
    }
  }

  mutating func mouse(_ action: Mouse.Action, _ x: Int, _ y: Int) {
    now = now.advanced(by: .milliseconds(10))
    take(.mouse(Mouse(action, at: Point(x: x, y: y))))
  }

  /// The data arrives, and the untouched model's result.
  mutating func load() {
    take(.dataLoaded(name: "validation", samples: 10_000, task: .classification))
    take(.baseline(Self.evaluation(9203)))
  }

  /// The exact result of the present settings.
  mutating func measure(_ correct: Int) {
    take(.evaluated(generation: state.generation, Self.evaluation(correct)))
  }

  static func evaluation(_ correct: Int, of samples: Int = 10_000) -> Evaluation {
    Evaluation(samples: samples, total: 10_000, correct: correct, loss: 0.25, seconds: 0.4)
  }

  var screen: Buffer { Screen.draw(state) }

  func layer(_ name: String) -> LayerSettings {
    state.settings.layers[state.subject.layers.firstIndex { $0.name == name } ?? 0]
  }
}
