import Compression
import Graph
import Tensor
import Testing

/// Against masks recorded from `torch.nn.utils.prune`.
@Suite struct TorchPruningTests {
  struct Input: Decodable {
    struct Step: Decodable {
      struct Amount: Decodable {
        var fraction: Double?
        var count: Int?
        var threshold: Double?

        var amount: Compression.Amount {
          count.map { .count($0) } ?? threshold.map { .threshold($0) } ?? .fraction(fraction ?? 0)
        }
      }
      var method: String
      var tensors: [String]
      var amount: Amount
      var norm: Int?
      var axis: Int?

      /// The same as a rule of a recipe; nil where chance decides how many go.
      var rule: PruningRule? {
        let amount = amount.amount
        return switch method {
        case "l1_unstructured", "identity", "custom_from_mask": PruningRule(layers: tensors, amount: amount)
        case "global_l1": PruningRule(layers: tensors, scope: .global, amount: amount)
        case "ln_structured":
          PruningRule(layers: tensors, unit: .channel(axis: axis), norm: norm ?? 2, amount: amount)
        case "random_unstructured": PruningRule(layers: tensors, criterion: "random", amount: amount)
        case "random_structured":
          PruningRule(layers: tensors, unit: .channel(axis: axis), criterion: "random", amount: amount)
        default: nil
        }
      }
    }
    var tensors: [String: Vectors.Array]
    var steps: [Step]

    /// The same as one rule; nil where other things are done in turn.
    var rule: PruningRule? {
      guard var first = steps[0].rule else { return nil }
      if steps.count == 1 { return first }
      for step in steps.dropFirst() {
        guard var next = step.rule else { return nil }
        next.amount = first.amount
        if next != first { return nil }
      }
      first.amount = .steps(steps.map(\.amount.amount))
      return first
    }
  }

  struct Expected: Decodable {
    var kept: [[String: Int]]
    var ties: Bool
    var masks: [String: [Int]]?
  }

  @Test func masksAreTorchs() throws {
    var (tested, again) = (0, 0)
    for example in try Vectors.read("pruning", Input.self, Expected.self) {
      // A recipe has one rule a layer, so that other rules in turn have no counterpart.
      guard let rule = example.input.rule else { continue }
      let weights = example.input.tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value.tensor) }
      let model = try Fixtures.layers(weights)
      let compressor = Compressor(model)
      let result = try compressor.apply(Recipe(pruning: [rule]))
      for (name, weight) in weights {
        guard let kept = example.expected.kept.last?[name] else { continue }
        let masked = try #require(result.graph.constants[name + ".weight"])
        let report = try #require(result.layers.first { $0.name == name })
        #expect(masked.floats.count { $0 != 0 } == kept, "\(example.name)")
        // What a threshold comes to the report says too.
        #expect(weight.count - report.pruned == kept, "\(example.name)")
        if let mask = example.expected.masks?[name] {
          let expected = zip(weight.floats, mask).map { $1 == 1 ? $0 : 0 }
          #expect(masked.floats == expected, "\(example.name)")
        }
      }
      if example.input.steps.count > 1 { again += 1 }
      tested += 1
    }
    #expect(tested >= 45 && again >= 7)
  }
}
