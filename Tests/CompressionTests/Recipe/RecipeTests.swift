import Compression
import Foundation
import Graph
import Tensor
import Testing

@Suite struct RecipeTests {
  private let full = """
    { "pare": 1,
      "pruning": [
        {"layers": ["conv1", "conv2"], "scope": "global", "unit": "weight", "norm": 1, "amount": 0.5},
        {"layers": ["fc1"], "scope": "layer", "unit": "channel", "axis": 0, "norm": 2, "amount": 0.5, "remove": false}],
      "quantization": {
        "weights":     [{"layers": ["*"], "bits": 8, "scheme": "symmetric", "granularity": "channel"}],
        "activations": [{"layers": ["*"], "bits": 8, "scheme": "affine", "calibration": "minmax", "samples": 512}]},
      "distillation": {"alpha": 0.7, "temperature": 4, "epochs": 3, "learning_rate": 0.001, "seed": 0} }
    """

  @Test func everyFieldIsRead() throws {
    let recipe = try Recipe(json: full)
    #expect(
      recipe
        == Recipe(
          pruning: [
            PruningRule(layers: ["conv1", "conv2"], scope: .global, norm: 1, amount: .fraction(0.5)),
            PruningRule(layers: ["fc1"], unit: .channel(axis: 0), norm: 2, amount: .fraction(0.5)),
          ],
          weights: [WeightRule(layers: ["*"], bits: 8, granularity: .channel)],
          activations: [ActivationRule(layers: ["*"], bits: 8)],
          distillation: DistillationSettings(
            alpha: 0.7, temperature: 4, learningRate: 0.001, epochs: 3, seed: 0)))
    #expect(try Recipe(json: recipe.json()) == recipe)
    #expect(try Recipe(json: recipe.json(pretty: false)).json() == recipe.json())
    #expect(recipe.json(pretty: false).contains(#""alpha":0.7,"epochs":3,"learning_rate":0.001"#))
    #expect(Recipe.empty.json(pretty: false) == #"{"pare":1}"#)
  }

  @Test func wholeNumbersCount() throws {
    func amount(_ text: String) throws -> Amount {
      try Recipe(json: #"{"pare":1,"pruning":[{"layers":["a"],"amount":\#(text)}]}"#).pruning[0].amount
    }
    #expect(try amount("1") == .fraction(1))
    #expect(try amount("0") == .fraction(0))
    #expect(try amount("100") == .count(100))
    #expect(Amount.fraction(0.5).count(of: 5) == 2)
    #expect(Amount.fraction(0.35).count(of: 10) == 4)
  }

  @Test(arguments: [
    (#"{"pare":1,"prunning":[]}"#, "prunning: is not a field here"),
    (#"{}"#, "pare: is missing"),
    (#"{"pare":2}"#, "pare: version 2"),
    (#"[]"#, "recipe: must be an object"),
    (#"{"pare":1"#, "recipe: is not JSON"),
    (#"{"pare":1,"pruning":{}}"#, "pruning: must be a list"),
    (#"{"pare":1,"pruning":[3]}"#, "pruning[0]: must be an object"),
    (#"{"pare":1,"pruning":[{"amount":0.5}]}"#, "pruning[0].layers: is missing"),
    (#"{"pare":1,"pruning":[{"layers":[],"amount":0.5}]}"#, "pruning[0].layers: names no layer"),
    (#"{"pare":1,"pruning":[{"layers":["a"]}]}"#, "pruning[0].amount: is missing"),
    (
      #"{"pare":1,"pruning":[{"layers":["a"],"amount":0.5},{"layers":["a"],"amount":1.5}]}"#,
      "pruning[1].amount: must lie between 0 and 1, or be a whole number above 1, not 1.5"
    ),
    (
      #"{"pare":1,"pruning":[{"layers":["a"],"amount":-1}]}"#,
      "pruning[0].amount: must lie between 0 and 1, or be a whole number above 1, not -1"
    ),
    (#"{"pare":1,"pruning":[{"layers":["a"],"amount":"x"}]}"#, "pruning[0].amount: must be a number"),
    (#"{"pare":1,"pruning":[{"layers":["a"],"amount":true}]}"#, "pruning[0].amount: must be a number"),
    (
      #"{"pare":1,"pruning":[{"layers":["a"],"amount":0.5,"norm":0}]}"#, "pruning[0].norm: must be at least 1"
    ),
    (
      #"{"pare":1,"pruning":[{"layers":["a"],"amount":0.5,"scope":"all"}]}"#,
      #"pruning[0].scope: must be "layer" or "global" or "global_normalized" or "output", not "all""#
    ),
    (
      #"{"pare":1,"pruning":[{"layers":["a"],"amount":0.5,"remove":true}]}"#,
      "pruning[0].remove: only whole channels"
    ),
    (#"{"pare":1,"pruning":[{"layers":["a"],"amount":0.5,"axis":0}]}"#, "pruning[0].axis: only channels"),
    (
      #"{"pare":1,"quantization":{"weights":[{"layers":["a"],"bits":9}]}}"#,
      "quantization.weights[0].bits: must lie between 2 and 8, be 16, or be 32 for none, not 9"
    ),
    (
      #"{"pare":1,"quantization":{"weights":[{"layers":["a"],"bits":16,"scheme":"codebook"}]}}"#,
      "quantization.weights[0].bits: must lie between 2 and 8, or be 32 for none, not 16"
    ),
    (
      #"{"pare":1,"quantization":{"weights":[{"layers":["a"],"bits":8,"scheme":"float16"}]}}"#,
      "quantization.weights[0].bits: must be 16, or be 32 for none, not 8"
    ),
    (
      #"{"pare":1,"quantization":{"weights":[{"layers":["a"],"scheme":"float16","signed":false}]}}"#,
      #"quantization.weights[0].signed: is for "symmetric" and "affine" only, and the scheme is "float16""#
    ),
    (
      #"{"pare":1,"quantization":{"weights":[{"layers":["a"],"bits":8,"rounding":"up"}]}}"#,
      #"quantization.weights[0].rounding: must be "half_even" or "half_away", not "up""#
    ),
    (
      #"{"pare":1,"quantization":{"weights":[{"layers":["a"],"bits":4,"granularity":"block","block":48}]}}"#,
      "quantization.weights[0].block: must be 32 or 64 or 128, not 48"
    ),
    (
      #"{"pare":1,"quantization":{"weights":[{"layers":["a"],"bits":4,"granularity":"block"}]}}"#,
      "quantization.weights[0].block: is missing"
    ),
    (
      #"{"pare":1,"quantization":{"weights":[{"layers":["a"],"bits":4,"block":32}]}}"#,
      #"quantization.weights[0].block: only the granularity "block" has one"#
    ),
    (
      #"{"pare":1,"quantization":{"weights":[{"layers":["a"],"bits":4.5}]}}"#,
      "quantization.weights[0].bits: must be a whole number"
    ),
    (
      #"{"pare":1,"quantization":{"activations":[{"layers":["a"],"bits":8,"samples":0}]}}"#,
      "quantization.activations[0].samples: must be at least 1"
    ),
    (
      #"{"pare":1,"quantization":{"activations":[{"layers":["a"],"bits":8,"calibration":"kl"}]}}"#,
      #"quantization.activations[0].calibration: must be "minmax" or "moving_average" or "percentile" or"#
    ),
    (
      #"{"pare":1,"quantization":{"activations":[{"layers":["a"],"bits":8,"percentile":99}]}}"#,
      #"quantization.activations[0].percentile: only the calibration "percentile" has one"#
    ),
    (
      #"{"pare":1,"quantization":{"activations":[{"layers":["a"],"bits":8,"calibration":"percentile","percentile":101}]}}"#,
      "quantization.activations[0].percentile: must be above 0 and at most 100, not 101"
    ),
    (
      #"{"pare":1,"quantization":{"mode":"tensorrt"}}"#,
      #"quantization.mode: must be "onnxruntime" or "tflite" or "torch", not "tensorrt""#
    ),
    (
      #"{"pare":1,"quantization":{"tensors":"some"}}"#,
      #"quantization.tensors: must be "inputs" or "all", not "some""#
    ),
    (
      #"{"pare":1,"quantization":{"mode":"tflite","weights":[{"layers":["a"],"bits":4}]}}"#,
      #"quantization.weights[0].bits: must be 8 or 32 in the mode "tflite""#
    ),
    (
      #"{"pare":1,"quantization":{"mode":"tflite","weights":[{"layers":["a"],"bits":8,"scheme":"affine"}]}}"#,
      #"quantization.weights[0].scheme: must be "symmetric" in the mode "tflite""#
    ),
    (
      #"{"pare":1,"quantization":{"mode":"tflite","activations":[{"layers":["a"],"bits":8,"signed":false}]}}"#,
      #"quantization.activations[0].signed: must be true in the mode "tflite""#
    ),
    (
      #"{"pare":1,"quantization":{"activations":[{"layers":["a"],"bits":8,"range":"half"}]}}"#,
      #"quantization.activations[0].range: must be "standard" or "full" or "narrow" or "reduced", not "half""#
    ),
    (#"{"pare":1,"quantization":{"bias":[]}}"#, "quantization.bias: is not a field here"),
  ])
  func mistakesAreNamed(json: String, message: String) throws {
    let error = #expect(throws: RecipeError.self) { try Recipe(json: json) }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix(message), "\(text)")
  }

  @Test(arguments: [
    (
      #""amount":0.5,"criterion":"l3""#,
      "criterion: 'l3' is not known; there are l1, l2, random, lamp, fpgm, batch_norm"
    ),
    (#""amount":0.5,"criterion":7"#, "criterion: must be the name of a criterion"),
    (#""amount":0.5,"criterion":"l2","norm":1"#, "norm: is 1, but the criterion is l2"),
    (#""amount":0.5,"criterion":"lamp","norm":1"#, #"norm: is not for the criterion "lamp""#),
    (#""amount":0.5,"seed":1"#, #"seed: is for the criterion "random" only"#),
    (#""amount":0.5,"criterion":"random","seed":-1"#, "seed: must be at least 0, not -1"),
    (#""amount":0.5,"criterion":"fpgm""#, "criterion: 'fpgm' ranks channels only"),
    (#""amount":0.5,"criterion":"lamp","unit":"channel""#, "criterion: 'lamp' ranks single weights only"),
    (#""amount":0.5,"threshold":0.1"#, "threshold: cannot stand beside an amount"),
    (#""threshold":-1"#, "threshold: must be at least 0, not -1.0"),
    (#""threshold":0.1,"counting":"nncf""#, "counting: says how an amount is rounded"),
    (
      #""amount":0.5,"counting":"keras""#,
      #"counting: must be "torch" or "distiller" or "nncf" or "tfmot" or "coremltools" or "torch_pruning""#
    ),
    (#""amount":0.5,"unit":"block""#, "block: is missing"),
    (#""amount":0.5,"unit":"block","block":[4]"#, "block: must be a list of two whole numbers"),
    (#""amount":0.5,"unit":"block","block":[4,0]"#, "block: must be a number of rows and one of columns"),
    (#""amount":[]"#, "amount: has no step"),
    (
      #""amount":[0.5,-1]"#, "amount: must lie between 0 and 1, or be a whole number above 1, not -1"
    ),
    (#""amount":["half"]"#, "amount: must be a number or a list of numbers"),
    (#""amount":[0.5,0.5],"counting":"nncf""#, #"counting: must be "torch" where the amount has steps"#),
    (#""amount":0.5,"block":[1,4]"#, #"block: is for the unit "block" only"#),
    (#""amount":0.5,"n":2"#, #"n: is for the unit "nm" only"#),
    (#""unit":"nm","n":2"#, "m: is missing"),
    (#""unit":"nm","n":4,"m":4"#, "n: must lie between 1 and m - 1, not be 4 of 4"),
    (#""unit":"nm","n":2,"m":4,"remove":true"#, "remove: only whole channels"),
  ])
  func mistakesOfPruningRulesAreNamed(fields: String, message: String) throws {
    let error = #expect(throws: RecipeError.self) {
      try Recipe(json: #"{"pare":1,"pruning":[{"layers":["a"],\#(fields)}]}"#)
    }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix("pruning[0].\(message)"), "\(text)")
  }

  @Test func modesAreReadAndWritten() throws {
    func recipe(_ fields: String) throws -> Recipe {
      let recipe = try Recipe(json: #"{"pare":1,"quantization":{\#(fields)}}"#)
      #expect(try Recipe(json: recipe.json()) == recipe)
      return recipe
    }
    #expect(try recipe(#""mode":"torch""#) == Recipe(mode: .torch, tensors: .all))
    #expect(
      try recipe(#""mode":"onnxruntime","tensors":"inputs""#) == Recipe(mode: .onnxruntime, tensors: .inputs))
    #expect(try recipe(#""tensors":"all""#) == Recipe(tensors: .all))
    #expect(try recipe(#""tensors":"inputs""#) == .empty)
    #expect(Recipe(mode: .torch).json(pretty: false) == #"{"pare":1,"quantization":{"mode":"torch"}}"#)
    #expect(
      try recipe(#""activations":[{"layers":["a"],"bits":8,"signed":false,"range":"reduced"}]"#).activations
        == [ActivationRule(layers: ["a"], bits: 8, isSigned: false, integers: .reduced)])
    #expect(
      try recipe(#""weights":[{"layers":["a"],"bits":8,"rounding":"half_even","range":"full"}]"#).weights
        == [WeightRule(layers: ["a"], bits: 8, linear: LinearOptions(rounding: .halfEven, integers: .full))])
  }

  @Test func amountsInTurnAreOfWhatIsLeft() throws {
    let recipe = try Recipe(json: #"{"pare":1,"pruning":[{"layers":["a"],"amount":[0.5,0.5,7]}]}"#)
    #expect(recipe.pruning[0].amount == .steps([.fraction(0.5), .fraction(0.5), .count(7)]))
    #expect(recipe.pruning[0].amount.count(of: 100) == 82)
    #expect(Amount.steps([.count(7), .count(.max), .fraction(0.5)]).count(of: 10) == .max)
    #expect(try Recipe(json: recipe.json()) == recipe)
  }

  @Test func criteriaAndUnitsAreRead() throws {
    func rule(_ fields: String) throws -> PruningRule {
      let recipe = try Recipe(json: #"{"pare":1,"pruning":[{"layers":["a"],\#(fields)}]}"#)
      #expect(try Recipe(json: recipe.json()) == recipe)
      return recipe.pruning[0]
    }
    #expect(
      try rule(#""amount":0.5,"criterion":"l2""#)
        == PruningRule(layers: ["a"], norm: 2, amount: .fraction(0.5)))
    #expect(
      try rule(#""amount":0.5,"criterion":"random","seed":3,"scope":"global_normalized""#)
        == PruningRule(
          layers: ["a"], scope: .globalNormalized, criterion: "random", seed: 3, amount: .fraction(0.5)))
    #expect(try rule(#""threshold":0.01"#) == PruningRule(layers: ["a"], amount: .threshold(0.01)))
    #expect(
      try rule(#""amount":0.5,"unit":"block","block":[1,4],"counting":"torch_pruning""#)
        == PruningRule(
          layers: ["a"], unit: .block(rows: 1, columns: 4), amount: .fraction(0.5), counting: .torchPruning))
    #expect(
      try rule(#""unit":"nm","n":2,"m":4"#)
        == PruningRule(layers: ["a"], unit: .pattern(n: 2, m: 4), amount: .fraction(1)))
  }

  @Test func theLastMatchingRuleWins() throws {
    let compressor = Compressor(try Fixtures.lenet())
    let recipe = Recipe(
      pruning: [
        PruningRule(layers: ["*"], scope: .global, amount: .fraction(0.9)),
        PruningRule(layers: ["fc?"], amount: .fraction(0)),
      ],
      weights: [
        WeightRule(layers: ["*"], bits: 8), WeightRule(layers: ["conv*"], bits: 4),
        WeightRule(layers: ["*2"], bits: 32),
      ])
    let result = try compressor.apply(recipe)
    #expect(result.layers.map(\.weightBits) == [4, 32, 8, 32])
    // Nine tenths of the two convolutions, in one list.
    #expect(result.layers[0].pruned + result.layers[1].pruned == 22_950)
    #expect(result.layers[2].pruned == 0)
    #expect(result.layers[0].threshold != nil)
  }

  @Test func aPatternWithoutLayersIsNamed() throws {
    let compressor = Compressor(try Fixtures.lenet())
    let recipe = Recipe(pruning: [PruningRule(layers: ["conv1", "konv*"], amount: .fraction(0.5))])
    let error = #expect(throws: RecipeError.self) { try compressor.apply(recipe) }
    #expect(
      "\(try #require(error))"
        == "pruning[0].layers[1]: no layer matches 'konv*'; there are conv1, conv2, fc1, fc2")
    let many = Recipe(pruning: [PruningRule(layers: ["conv1"], amount: .count(501))])
    let count = #expect(throws: RecipeError.self) { try compressor.estimate(many) }
    #expect(
      "\(try #require(count))"
        == "pruning[0].amount: 501 is more than the 500 weights of layer 'conv1'")
  }

  @Test func theSamplesRecipesAreRead() throws {
    for name in ["int8", "seed", "sparse", "tiny"] {
      let recipe = try Recipe(json: Fixtures.recipeJSON(name))
      #expect(try Recipe(json: recipe.json()) == recipe)
      _ = try Compressor(Fixtures.lenet()).estimate(recipe)
    }
  }
}
