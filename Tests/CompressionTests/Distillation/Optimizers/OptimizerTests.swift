import Compression
import Foundation
import Testing

/// A case of `Tests/Vectors/optimizers.json`.
enum OptimizerVector {
  struct Input: Decodable {
    var optimizer: String
    var learningRate: Double?
    var momentum: Double?
    var nesterov: Bool?
    var weightDecay: Double?
    var limit: Double?
    var start: [Double]
    var gradients: [Double]
  }

  struct Expected: Decodable {
    var steps: [Double]
    var norm: Double?
  }

  static func read() throws -> [Vectors.File<Input, Expected>.Case] {
    try Vectors.read("optimizers", Input.self, Expected.self)
  }
}

extension OptimizerVector.Input {
  var settings: DistillationSettings {
    DistillationSettings(
      optimizer: optimizer, momentum: momentum ?? 0, nesterov: nesterov ?? false,
      weightDecay: weightDecay ?? 0)
  }

  func gradient(_ step: Int) -> [Float] {
    gradients[step * start.count..<(step + 1) * start.count].map { Float($0) }
  }
}

@Suite struct OptimizerTests {
  /// A parameter that is trained.
  private struct Trained: Hashable {
    var parameter: [Float]
    var moments: [[Float]]
    var steps = 0

    init(_ parameter: [Float], _ optimizer: any Optimizer) {
      self.parameter = parameter
      moments = Array(
        repeating: [Float](repeating: 0, count: parameter.count), count: optimizer.momentCount)
    }

    mutating func step(
      _ optimizer: any Optimizer, _ gradient: [Float], rate: Double, kept: [Bool]? = nil
    ) {
      var gradient = gradient
      if let kept { clear(&gradient, kept) }
      let memory = moments.map { moment in
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: moment.count)
        memory.initialize(from: moment, count: moment.count)
        return memory
      }
      parameter.withUnsafeMutableBufferPointer { parameter in
        gradient.withUnsafeBufferPointer { gradient in
          optimizer.update(
            parameter, gradient: gradient, moments: memory, steps: steps, learningRate: rate)
        }
      }
      for (index, memory) in memory.enumerated() {
        moments[index] = Array(UnsafeBufferPointer(start: memory, count: parameter.count))
        memory.deallocate()
      }
      steps += 1
    }

    /// Prunes by another mask.
    mutating func prune(_ kept: [Bool]) {
      clear(&parameter, kept)
      for index in moments.indices { clear(&moments[index], kept) }
    }

    private func clear(_ numbers: inout [Float], _ kept: [Bool]) {
      numbers.withUnsafeMutableBufferPointer { numbers in
        kept.withUnsafeBufferPointer { PruningMask.clear(numbers, unless: $0) }
      }
    }
  }

  private func cases() throws -> [Vectors.File<OptimizerVector.Input, OptimizerVector.Expected>.Case] {
    try OptimizerVector.read().filter { $0.input.optimizer != "clip" }
  }

  private func start(_ input: OptimizerVector.Input) -> (any Optimizer, Trained) {
    let optimizer = Optimizers.optimizer(for: input.settings)
    return (optimizer, Trained(input.start.map { Float($0) }, optimizer))
  }

  @Test func everyStepIsTorchs() throws {
    #expect(Set(try cases().map(\.input.optimizer)) == Set(Optimizers.names))
    for each in try cases() {
      let (optimizer, first) = start(each.input)
      var trained = first
      let size = each.input.start.count
      for step in 0..<each.expected.steps.count / size {
        trained.step(optimizer, each.input.gradient(step), rate: try #require(each.input.learningRate))
        for (found, expected) in zip(trained.parameter, each.expected.steps[step * size..<(step + 1) * size])
        {
          // A few units in the last place of the numbers that are added up.
          #expect(
            abs(Double(found) - expected) <= 4e-7 * max(abs(expected), 1), "\(each.name), step \(step)")
        }
      }
    }
  }

  /// What is saved half-way goes on as if nothing had been.
  @Test func statesAreAllThereIs() throws {
    for each in try cases() {
      let (optimizer, first) = start(each.input)
      let rate = try #require(each.input.learningRate)
      var whole = first
      for step in 0..<6 { whole.step(optimizer, each.input.gradient(step), rate: rate) }
      var saved = whole
      let again = Optimizers.optimizer(for: each.input.settings)
      for step in 6..<12 {
        whole.step(optimizer, each.input.gradient(step), rate: rate)
        saved.step(again, each.input.gradient(step), rate: rate)
      }
      #expect(whole == saved, "\(each.name)")
    }
  }

  @Test func prunedWeightsStayZero() throws {
    for each in try cases() {
      let (optimizer, first) = start(each.input)
      let rate = try #require(each.input.learningRate)
      var (masked, free) = (first, first)
      let early = first.parameter.indices.map { $0 % 3 != 0 }
      let late = first.parameter.indices.map { $0 % 3 == 1 }
      for step in 0..<8 {
        // More go half-way, when something is remembered of them.
        let kept = step < 4 ? early : late
        if step % 4 == 0 { masked.prune(kept) }
        masked.step(optimizer, each.input.gradient(step), rate: rate, kept: kept)
        free.step(optimizer, each.input.gradient(step), rate: rate)
        for index in kept.indices {
          if kept[index] {
            #expect(masked.parameter[index] == free.parameter[index], "\(each.name)")
          } else {
            #expect(masked.parameter[index].bitPattern == 0, "\(each.name)")
            for moments in masked.moments { #expect(moments[index].bitPattern == 0, "\(each.name)") }
          }
        }
      }
    }
  }

  @Test func masksClearWhateverThereWas() {
    var values: [Float] = [.nan, -.infinity, -1, 2]
    values.withUnsafeMutableBufferPointer { values in
      [false, false, false, true].withUnsafeBufferPointer { PruningMask.clear(values, unless: $0) }
    }
    #expect(values.map(\.bitPattern) == [0, 0, 0, Float(2).bitPattern])
  }
}
