import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing
import Workbench

/// Masks that grow, scales and codebooks that learn, activations that are matched.
@Suite struct CompressionAwareTests {
  /// The masks have grown to the amount when training ends, what the file will hold is pruned by as much, and the weights
  /// that were kept are not those that were the greatest at first.
  @Test func masksGrow() throws {
    let distiller = try TinyTraining.distiller(try TinyBundle(), TinyTraining.recipe(TinyTraining.growing()))
    func zeros() -> Int { distiller.checkpoint.tensors["values/fc1.weight"]!.floats.count { $0 == 0 } }
    var counts: [Int] = []
    for _ in 0..<4 {
      try TinyTraining.run(distiller, epochs: 1)
      counts.append(zeros())
    }
    #expect(counts.last == 16)
    #expect(counts[0] > 0 && counts[0] < 16)
    #expect(counts == counts.sorted())
    let student = distiller.student
    let graph = try student.compressed(student.carrying(distiller.best), name: "x", threads: 1).graph
    #expect(graph.constants["fc1.weight"]!.floats.count { $0 == 0 } == 16)
  }

  /// Channels that go in the end are silent by then, whatever else is rounded or pruned.
  @Test(arguments: [32, 3], [WeightScheme.symmetric, .codebook])
  func masksOfChannelsGrow(_ bits: Int, _ scheme: WeightScheme) throws {
    var recipe = TinyTraining.recipe(bits: bits, scheme: scheme, TinyTraining.growing())
    recipe.pruning = [
      PruningRule(layers: ["fc1"], unit: .channel(remove: true), norm: 2, amount: .fraction(0.5), roundTo: 3),
      PruningRule(layers: ["fc2"], amount: .fraction(0.5)),
    ]
    let distiller = try TinyTraining.distiller(try TinyBundle(), recipe)
    for epoch in 0..<4 { try distiller.epoch { _ in Double(epoch) } }
    let trained = distiller.student.carrying(distiller.best)
    let silent = (0..<8).filter { row in
      trained.constants["fc1.weight"]!.floats[4 * row..<4 * row + 4].allSatisfy { $0 == 0 }
    }
    let compressed = try distiller.student.compressed(trained, name: "x", threads: 1)
    // Three of eight stay: a half, rounded down to a multiple of three.
    #expect(compressed.layers[0].prunedChannels == silent)
    #expect(compressed.graph.constants["fc1.weight"]!.shape.dims[0] == 3)
  }

  @Test func refusesMasksThatCannotGrow() throws {
    let bundle = try TinyBundle()
    let model = try Project(bundle.directory).model
    var recipe = TinyTraining.recipe(TinyTraining.growing())
    for (change, word) in [
      ({ (rule: inout PruningRule) in rule.criterion = "random" }, "random"),
      ({ $0.amount = .count(3) }, "share"),
    ] {
      var other = recipe
      change(&other.pruning[0])
      let error = #expect(throws: DistillationStudent.Failure.self) {
        try DistillationStudent(Compressor(model), other)
      }
      #expect(error?.description.contains(word) == true)
    }
    recipe.pruning = []
    #expect(throws: DistillationStudent.Failure.self) { try DistillationStudent(Compressor(model), recipe) }
  }

  /// What the file holds is what was trained: weights on the grid of the scales that were learned, which are not those that
  /// the recipe would have found.
  @Test func learnedScalesStay() throws {
    let recipe = TinyTraining.recipe(bits: 3, TinyTraining.steppedScales())
    let distiller = try TinyTraining.distiller(try TinyBundle(), recipe)
    let before = distiller.checkpoint.tensors["scales/fc1.weight"]!.floats
    try distiller.epoch { _ in 1 }
    let scale = distiller.checkpoint.tensors["scales/fc1.weight"]!.floats[0]
    #expect(scale != before[0] && scale > 0)
    let student = distiller.student
    let compressed = try student.compressed(student.carrying(distiller.best), name: "x", threads: 1).graph
    let best = distiller.best["fc1.weight"]!.floats
    let node = try #require(compressed.nodes.first { $0.inputs.first == "fc1.weight" })
    let found = compressed.constants[node.inputs[1]]!.floats[0]
    let integers = compressed.constants["fc1.weight"]!.integers!
    for (integer, value) in zip(integers, best) {
      #expect(abs(Float(integer) * found - value) <= 1e-6 * abs(value))
      #expect(abs((value / scale).rounded() * scale - value) <= 1e-6 * abs(value))
    }
    // Three bits about zero, and pruned weights are still zero.
    #expect(integers.allSatisfy { (-3...3).contains($0) })
    #expect(integers.count { $0 == 0 } >= 16)
  }

  /// The scales of activations learn too, and the file has what they have become, also from the trained model's file.
  @Test(arguments: [4, 8]) func learnedScalesOfActivationsStay(_ bits: Int) throws {
    let bundle = try TinyBundle()
    let distiller = try TinyTraining.distiller(bundle, TinyTraining.rounding(activations: bits, bits: 32))
    let student = distiller.student
    #expect(student.learnedRanges.names.count == 2)
    #expect(!student.simulated.nodes.contains { $0.type == "Clip" })
    try distiller.epoch { _ in 1 }
    let data = try TinyTraining.data(bundle)
    let samples = CalibrationData(inputs: data.inputs)
    let carried = student.carrying(distiller.best)
    let path = bundle.directory + "/carried.onnx"
    try ONNXWriter.write(carried, to: path)
    for graph in [carried, try ONNXReader.read(path: path)] {
      let compressed = try student.compressed(graph, name: "x", threads: 1, calibration: samples).graph
      for name in student.learnedRanges.names {
        let before = student.simulated.constants[name]!.floats[0]
        let learned = distiller.best[name]!.floats[0]
        let written = try #require(compressed.constants[name]).floats[0]
        #expect(learned != before && abs(written - learned) <= 1e-6 * learned)
      }
    }
  }

  @Test func refusesScalesThatCannotBeLearned() throws {
    let bundle = try TinyBundle()
    let model = try Project(bundle.directory).model
    for (bits, scheme) in [(32, WeightScheme.symmetric), (4, .affine), (4, .codebook)] {
      #expect(throws: DistillationStudent.Failure.self) {
        try DistillationStudent(
          Compressor(model), TinyTraining.recipe(bits: bits, scheme: scheme, TinyTraining.steppedScales()))
      }
    }
  }

  /// The student's activations come nearer to the teacher's: of a part of its loss that is nothing else.
  @Test func matchedActivationsComeNearer() throws {
    var settings = TinyTraining.matching()
    (settings.epochs, settings.learningRate) = (12, 0.01)
    let distiller = try TinyTraining.distiller(try TinyBundle(), TinyTraining.recipe(settings))
    try TinyTraining.run(distiller, epochs: 12)
    let matched = distiller.reports.compactMap(\.matched)
    #expect(matched.count == 12)
    #expect(matched[11] < 0.7 * matched[0])
    let first = distiller.reports[0]
    #expect(abs(first.loss - first.matched! - first.soft! * 4) < 1e-6 * first.loss)
  }

  /// Where the output itself is matched, what the loss asks of it counts all the same: with next to no weight the student
  /// learns as if nothing was matched.
  @Test func theOutputCanBeMatched() throws {
    var settings = TinyTraining.settings()
    settings.matches = [ActivationMatch(student: "fc2", teacher: "fc2", weight: 1e-9)]
    let bundle = try TinyBundle()
    let matched = try TinyTraining.distiller(bundle, TinyTraining.recipe(settings))
    let plain = try TinyTraining.distiller(bundle, TinyTraining.recipe(TinyTraining.settings()))
    try TinyTraining.run(matched, epochs: 3)
    try TinyTraining.run(plain, epochs: 3)
    for (one, other) in zip(matched.reports, plain.reports) {
      #expect(abs(one.soft! - other.soft!) <= 1e-3 * other.soft!)
    }
    #expect(plain.reports[2].soft! < 0.9 * plain.reports[0].soft!)
  }

  @Test func refusesMatchesOfNothing() throws {
    for (student, teacher, word) in [("nothing", "fc1", "student"), ("fc1", "nothing", "teacher")] {
      var settings = TinyTraining.settings()
      settings.matches = [ActivationMatch(kind: .feature, student: student, teacher: teacher)]
      let error = #expect(throws: EvaluationError.self) {
        try TinyTraining.distiller(try TinyBundle(), TinyTraining.recipe(settings))
      }
      #expect(error?.description.contains("'nothing', which is no layer and no value of the \(word)") == true)
    }
    var settings = TinyTraining.settings()
    settings.matches = [
      ActivationMatch(student: "fc1", teacher: "fc1"),
      ActivationMatch(kind: .attention, student: "fc1", teacher: "fc1"),
    ]
    #expect(throws: EvaluationError.self) {
      try TinyTraining.distiller(try TinyBundle(), TinyTraining.recipe(settings))
    }
  }

  @Test func aCodebookTrainsAsOne() throws {
    let distiller = try TinyTraining.distiller(
      try TinyBundle(), TinyTraining.recipe(bits: 2, scheme: .codebook, TinyTraining.settings()))
    try TinyTraining.run(distiller, epochs: 2)
    let project = distiller.student
    let weights = distiller.best
    let trained = try project.compressed(project.carrying(weights), name: "t", threads: 1)
    // Three values and zero, which compressing keeps to the last bit.
    let outputs = try ReferenceEvaluator(trained.graph).run([
      "image": Tensor(of: Float.self, shape: [1, 1, 2, 2]) { $0.update(repeating: 1) }
    ])
    let plain = try ReferenceEvaluator(project.carrying(weights)).run([
      "image": Tensor(of: Float.self, shape: [1, 1, 2, 2]) { $0.update(repeating: 1) }
    ])
    #expect(outputs["logits"]!.floats == plain["logits"]!.floats)
    #expect(Set(weights["fc1.weight"]!.floats).count <= 4)
  }
}
