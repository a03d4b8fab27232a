import Compression
import Foundation
import Graph
import Tensor

/// How soon sizes and MACs follow a slider on a model, what that takes to prepare, and how fast weights are quantized.
struct SliderBench {
  /// Moves of each slider.
  private static let moves = 300
  private static let rounds = 5

  private let compressor: Compressor
  private var model: Model { compressor.model }
  /// Of the model's layers.
  private let weights: Int

  init(_ model: Model) {
    compressor = Compressor(model, threads: 1)
    weights = model.layers.reduce(0) { $0 + $1.shape.count }
  }

  func measured() throws -> JSON {
    let before = MemoryUse()
    let preparation = try seconds { _ = try compressor.estimate(Self.sliders[0].recipe(0.5)) }
    let after = MemoryUse()
    let kept = compressor.rankingBytes
    let sliders = try Self.sliders.map { slider in
      try JSON.object([("name", .text(slider.name))] + times(of: slider.recipe))
    }
    return .object([
      ("weights", .integer(weights)), ("weight_bytes", .integer(4 * weights)),
      ("preparation_s", .number(preparation)), ("sort_s", .number(try sorting())),
      ("ranking_bytes", .integer(kept)), ("ranking_bytes_after_all", .integer(compressor.rankingBytes)),
      ("resident_bytes", .integer(after.resident - before.resident)),
      ("peak_bytes", .integer(after.peak - before.resident)),
      ("sliders", .array(sliders)), ("quantizing", .array(try Self.rules.map { try speed(of: $0) })),
    ])
  }

  // MARK: - Sliders

  private struct Slider {
    var name: String
    var recipe: (Double) -> Recipe
  }

  private static var sliders: [Slider] {
    let scopes: [(String, PruningRule.Scope)] = [
      ("by layer", .layer), ("global", .global), ("global, normalized", .globalNormalized),
    ]
    let rules: [(String, [WeightRule])] = [
      ("", []), (", 8 bits", [rule(8)]), (", 8 bits affine", [rule(8, .affine)]),
      (", 4 bits by channel", [rule(4, granularity: .channel)]),
    ]
    return rules.flatMap { suffix, rules in
      scopes.map { name, scope in
        Slider(name: name + suffix) { amount in
          Recipe(
            pruning: [PruningRule(layers: ["*"], scope: scope, amount: .fraction(amount))], weights: rules)
        }
      }
    }
  }

  private static func rule(
    _ bits: Int, _ scheme: WeightScheme = .symmetric, granularity: Granularity = .tensor
  ) -> WeightRule {
    WeightRule(layers: ["*"], bits: bits, scheme: scheme, granularity: granularity)
  }

  /// Milliseconds of the first move, and of different amounts after it, none asked for twice.
  private func times(of recipe: (Double) -> Recipe) throws -> [(String, JSON)] {
    let first = try seconds { _ = try compressor.estimate(recipe(0.5)) }
    var (times, processor) = ([Double](), [Double]())
    for move in 0..<Self.moves {
      // By the golden ratio, which fills the range evenly and in no order.
      let amount = (Double(move) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
      let before = Self.processorSeconds
      times.append(try seconds { _ = try compressor.estimate(recipe(amount)) })
      processor.append(Self.processorSeconds - before)
    }
    times.sort()
    processor.sort()
    let last = (Self.moves - 1) * 99 / 100
    return [
      ("first_ms", .number(1000 * first)), ("median_ms", .number(1000 * times[Self.moves / 2])),
      ("p99_ms", .number(1000 * times[last])), ("p99_processor_ms", .number(1000 * processor[last])),
      ("slowest_ms", .number(1000 * times[Self.moves - 1])),
    ]
  }

  /// What this thread has used of a processor, whatever else runs on it.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  // MARK: - What to compare with

  /// Seconds in which Swift sorts the magnitudes of each layer.
  private func sorting() throws -> Double {
    var sum = 0.0
    for layer in model.layers {
      var keys = (model.graph.constants[layer.weight]?.floats ?? []).map { abs($0).bitPattern }
      sum += seconds { keys.sort() }
    }
    return sum
  }

  private static let rules = [
    rule(8), rule(8, .affine), rule(8, granularity: .channel), rule(8, .affine, granularity: .channel),
  ]

  /// Bytes of all layers' weights that are quantized in a second, and that are copied in one to memory that is there.
  ///
  /// Of each layer the fastest of some rounds counts, as other work on the machine would count as well.
  private func speed(of rule: WeightRule) throws -> JSON {
    let largest = model.layers.map(\.shape.count).max() ?? 0
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: max(4 * largest, 1), alignment: 64)
    defer { target.deallocate() }
    target.initializeMemory(as: UInt8.self, repeating: 0)
    var copying = model.layers.map { _ in Double.infinity }
    var quantizing = copying
    for _ in 0..<Self.rounds {
      for (index, layer) in model.layers.enumerated() {
        let copied = seconds {
          model.graph.constants[layer.weight]?.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        copying[index] = min(copying[index], copied)
      }
      for index in model.layers.indices {
        let quantized = try seconds { _ = try compressor.quantizeAfresh(layer: index, rule: rule) }
        quantizing[index] = min(quantizing[index], quantized)
      }
    }
    let gigabytes = Double(4 * weights) / 1e9
    return .object([
      ("scheme", .text(rule.scheme.rawValue)), ("granularity", .text(rule.granularity.name)),
      ("gb_per_s", .number(gigabytes / quantizing.reduce(0, +))),
      ("copy_gb_per_s", .number(gigabytes / copying.reduce(0, +))),
    ])
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(body) / .seconds(1)
  }
}

/// Bytes of this process that lie in memory, and the most that did since this was asked for the last time.
private struct MemoryUse {
  let resident: Int
  let peak: Int

  init() {
    var (resident, peak) = (0, 0)
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    for line in status.split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "\t" }
      if words[0] == "VmRSS:" { resident = 1024 * (Int(words[1]) ?? 0) }
      if words[0] == "VmHWM:" { peak = 1024 * (Int(words[1]) ?? 0) }
    }
    (self.resident, self.peak) = (resident, peak)
    // Linux forgets the peak when 5 is written here.
    if let file = fopen("/proc/self/clear_refs", "w") {
      fputs("5", file)
      fclose(file)
    }
  }
}
