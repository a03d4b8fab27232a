import Compression
import Graph
import Tensor
import Testing

@Suite struct DistillationSettingsTests {
  private func settings(_ fields: String) throws -> DistillationSettings {
    let recipe = try Recipe(json: #"{"pare":1,"distillation":{\#(fields)}}"#)
    #expect(try Recipe(json: recipe.json()) == recipe, "\(fields)")
    return try #require(recipe.distillation)
  }

  @Test func nothingSaidIsTheStandard() throws {
    #expect(try settings("") == DistillationSettings())
    let json = Recipe(distillation: DistillationSettings()).json(pretty: false)
    #expect(
      json
        == #"{"distillation":{"alpha":0.7,"epochs":3,"learning_rate":0.001,"seed":0,"temperature":4},"pare":1}"#
    )
    #expect(Recipe().json(pretty: false) == #"{"pare":1}"#)
  }

  @Test func everyFieldIsRead() throws {
    let recipe = try Recipe(
      json: """
        {"pare": 1, "distillation": {
          "loss": "kl_divergence", "alpha": 1, "temperature": 64, "optimizer": "sgd", "learning_rate": 0.1,
          "momentum": 0.8, "nesterov": true, "weight_decay": 0.01, "clip_norm": 2.5, "schedule": "step",
          "step_epochs": 4, "gamma": 0.5, "warmup_epochs": 2, "epochs": 20, "batch_size": 128, "seed": 7,
          "patience": 3, "quantization_aware": true, "learned_scales": true, "masks": "agp",
          "agp_initial": 0.1, "agp_every": 50, "agp_end": 1, "student": "file", "file": "small.onnx",
          "matches": [{"kind": "attention", "student": "a", "teacher": "b", "weight": 1000, "axis": -1},
                      {"student": "c"}]}}
        """)
    #expect(try Recipe(json: recipe.json()) == recipe)
    #expect(
      recipe.distillation
        == DistillationSettings(
          loss: "kl_divergence", alpha: 1, temperature: 64,
          matches: [
            ActivationMatch(kind: .attention, student: "a", teacher: "b", weight: 1000, axis: -1),
            ActivationMatch(student: "c", teacher: "c"),
          ],
          optimizer: "sgd", learningRate: 0.1, momentum: 0.8, nesterov: true, weightDecay: 0.01,
          clippingNorm: 2.5, schedule: "step", stepEpochs: 4, gamma: 0.5, warmUpEpochs: 2, epochs: 20,
          batchSize: 128, seed: 7, patience: 3, learnsScales: true,
          masks: .gradual(DistillationSettings.Ramp(initial: 0.1, every: 50, end: 1)),
          student: .file("small.onnx")))
    #expect(try settings(#""quantization_aware":false"#).simulatesQuantization == false)
    #expect(try settings(#""quantization_delay":2"#).quantizationDelay == 2)
    #expect(try settings(#""student":"width","width":0.25"#).student == .width(0.25))
    #expect(
      try settings(#""student":"drop_blocks","blocks":["layer3.*"]"#).student == .withoutBlocks(["layer3.*"]))
    #expect(try settings(#""masks":"agp""#).masks == .gradual())
  }

  @Test func everyNameOfTheRegistriesIsAWord() throws {
    for name in DistillationLosses.names { #expect(try settings("\"loss\":\"\(name)\"").loss == name) }
    for name in Optimizers.names { #expect(try settings("\"optimizer\":\"\(name)\"").optimizer == name) }
    for name in Schedules.names { #expect(try settings("\"schedule\":\"\(name)\"").schedule == name) }
  }

  @Test(arguments: [
    (#""alpha":2"#, "alpha: must lie between 0 and 1, not 2"),
    (#""alpha":-0.5"#, "alpha: must lie between 0 and 1, not -0.5"),
    (#""temperature":0.25"#, "temperature: must lie between 0.5 and 64, not 0.25"),
    (#""temperature":65"#, "temperature: must lie between 0.5 and 64, not 65"),
    (#""temprature":4"#, "temprature: is not a field here; known are loss, alpha, temperature"),
    (#""temperature":"hot""#, "temperature: must be a number"),
    (
      #""loss":"hinge""#,
      #"loss: must be "kl_divergence" or "logits_mse" or "mse" or "cross_entropy", not "hinge""#
    ),
    (
      #""loss":"cross_entropy","alpha":1"#,
      #"alpha: is for these losses only: "kl_divergence", "logits_mse", "mse""#
    ),
    (#""loss":"logits_mse","temperature":4"#, #"temperature: is for these losses only: "kl_divergence""#),
    (#""optimizer":"lion""#, #"optimizer: must be "sgd" or "adam" or "adamw", not "lion""#),
    (#""momentum":0.9"#, #"momentum: is for these optimizers only: "sgd""#),
    (#""optimizer":"sgd","momentum":1"#, "momentum: must be at least 0 and below 1, not 1"),
    (#""optimizer":"adam","nesterov":true"#, #"nesterov: is for these optimizers only: "sgd""#),
    (#""optimizer":"sgd","momentum":0,"nesterov":true"#, "nesterov: needs a momentum above 0"),
    (#""learning_rate":0"#, "learning_rate: must be above 0, not 0"),
    (#""weight_decay":-1"#, "weight_decay: must lie between 0 and 1, not -1"),
    (#""clip_norm":0"#, "clip_norm: must be above 0, not 0"),
    (
      #""schedule":"linear""#,
      #"schedule: must be "constant" or "cosine" or "one_cycle" or "step", not "linear""#
    ),
    (#""gamma":0.5"#, #"gamma: is for the schedule "step" only"#),
    (#""step_epochs":3"#, #"step_epochs: is for the schedule "step" only"#),
    (#""schedule":"step","gamma":0"#, "gamma: must be above 0 and at most 1, not 0"),
    (#""schedule":"step","step_epochs":0"#, "step_epochs: must be at least 1, not 0"),
    (#""warmup_epochs":4"#, "warmup_epochs: must lie between 0 and epochs, 3, not be 4"),
    (#""epochs":-1"#, "epochs: must be at least 0, not -1"),
    (#""epochs":9223372036854775807"#, "epochs: must lie between 0 and 100000, not "),
    (#""epochs":1.5"#, "epochs: must be a whole number"),
    (#""batch_size":0"#, "batch_size: must be at least 1, not 0"),
    (#""seed":-1"#, "seed: must be at least 0, not -1"),
    (#""patience":0"#, "patience: must be at least 1, not 0"),
    (#""quantization_aware":1"#, "quantization_aware: must be true or false"),
    (#""quantization_aware":false,"quantization_delay":2"#, "quantization_delay: delays nothing"),
    (#""quantization_delay":-1"#, "quantization_delay"),
    (#""quantization_aware":false,"learned_scales":true"#, "learned_scales: there are none to learn where"),
    (#""masks":"none""#, #"masks: must be "fixed" or "agp", not "none""#),
    (#""agp_every":10"#, #"agp_every: is for the masks "agp" only"#),
    (#""masks":"agp","agp_initial":1"#, "agp_initial: must be at least 0 and below 1, not 1"),
    (#""masks":"agp","agp_every":0"#, "agp_every: must be at least 1, not 0"),
    (#""masks":"agp","agp_end":0"#, "agp_end: must be above 0 and at most 1, not 0"),
    (
      #""student":"tiny""#,
      #"student: must be "compressed" or "width" or "drop_blocks" or "file", not "tiny""#
    ),
    (#""student":"width""#, "width: is missing"),
    (#""student":"width","width":1.5"#, "width: must be above 0 and at most 1, not 1.5"),
    (#""width":0.5"#, #"width: is for the student "width" only"#),
    (#""student":"drop_blocks","blocks":[]"#, "blocks: names no block"),
    (#""student":"drop_blocks","blocks":"a""#, "blocks: must be a list of names"),
    (#""student":"file","file":"""#, "file: names no file"),
    (#""student":"file","file":"a.onnx","blocks":["a"]"#, #"blocks: is for the student "drop_blocks" only"#),
    (#""matches":[{"kind":"feature"}]"#, "matches[0].student: is missing"),
    (#""matches":[{"student":""}]"#, "matches[0].student: names no value"),
    (#""matches":[{"student":"a"},{"student":"a","weight":0}]"#, "matches[1].weight: must be above 0, not 0"),
    (#""matches":[{"student":"a","axis":0}]"#, "matches[0].axis: is that of the samples"),
    (#""matches":[{"student":"a","layer":"b"}]"#, "matches[0].layer: is not a field here"),
    (#""matches":[{"student":"a","kind":"logits"}]"#, #"matches[0].kind: must be "feature" or "attention""#),
  ])
  func mistakesAreNamed(fields: String, message: String) throws {
    let error = #expect(throws: RecipeError.self) {
      try Recipe(json: #"{"pare":1,"distillation":{\#(fields)}}"#)
    }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix("distillation.\(message)"), "\(text)")
  }

  /// What no file says is asked for the same things before it is carried out.
  @Test(arguments: [
    (DistillationSettings(alpha: .nan), "distillation.alpha: must lie between 0 and 1, not nan"),
    (
      DistillationSettings(loss: "hinge"), "distillation.loss: 'hinge' is not known; there are kl_divergence,"
    ),
    (DistillationSettings(learningRate: .infinity), "distillation.learning_rate: must be above 0, not inf"),
    (
      DistillationSettings(matches: [ActivationMatch(student: "a", teacher: "")]),
      "distillation.matches[0].teacher: names no value"
    ),
  ])
  func mistakesOutsideOfFilesAreNamedToo(settings: DistillationSettings, message: String) throws {
    let compressor = Compressor(
      try Fixtures.layers([("a", Tensor([1, -2, 3, 4, 5, -6] as [Float], shape: [2, 3]))]))
    let error = #expect(throws: RecipeError.self) { try compressor.estimate(Recipe(distillation: settings)) }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix(message), "\(text)")
  }

  /// Compressing carries it along, and is what it would be without.
  @Test func compressingIsTheSameBesideIt() throws {
    let compressor = Compressor(
      try Fixtures.layers([("a", Tensor((0..<24).map { Float($0 * 7 % 24) - 11 }, shape: [4, 6]))]))
    var recipe = Recipe(pruning: [PruningRule(layers: ["a"], amount: .fraction(0.5))])
    let plain = try compressor.apply(recipe)
    recipe.distillation = DistillationSettings()
    let carrying = try compressor.apply(recipe)
    #expect(carrying.graph.contentHash == plain.graph.contentHash)
    #expect(carrying.recipe == recipe)
    #expect(try compressor.estimate(recipe) == compressor.estimate(plain.recipe))
  }
}
