import Compression
import Formats
import Foundation
import Graph
import Tensor
import Testing

struct CommandTests {
  private let bundle: SampleBundle

  init() throws { bundle = try SampleBundle() }

  private func recipe(_ amount: Double) throws -> String {
    try bundle.write(
      #"{"pare": 1, "pruning": [{"layers": ["fc"], "amount": \#(amount)}]}"#, to: "recipe.json")
  }

  @Test func inspects() throws {
    let object = try Pare.run("inspect", bundle.modelPath, "--json").object()
    #expect(object["parameters"] as? Int == 15)
    #expect(object["size_bytes"] as? Int == 60)
    #expect(object["macs"] as? Int == 12)
    #expect(object["opset"] as? Int == 17)
    #expect((object["unsupported"] as? [String])?.isEmpty == true)
    let layers = try #require(object["layers"] as? [[String: Any]])
    #expect(layers.count == 1)
    #expect(
      Set(layers[0].keys) == ["name", "weight", "operator", "weight_shape", "parameters", "macs", "coupled"])
    #expect(layers[0]["name"] as? String == "fc")
    #expect(layers[0]["weight_shape"] as? [Int] == [3, 4])
    let text = try Pare.run("inspect", bundle.directory)
    #expect(text.code == 0)
    #expect(text.output.contains("fc"))
  }

  /// A number for a size that the model leaves open makes its multiplications known.
  @Test func countsBySizesThatAreGiven() throws {
    let graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), .symbol("length"), 4])],
      outputs: [ValueInfo(name: "y", dtype: .float32, dims: nil)],
      nodes: [Node(name: "fc", type: "MatMul", inputs: ["x", "w"], outputs: ["y"])],
      constants: ["w": Tensor([Float](repeating: 1, count: 12), shape: [4, 3])])
    let path = bundle.file("open.onnx")
    try ONNXWriter.write(graph, to: path)
    #expect(try Pare.run("inspect", path, "--json").object()["macs"] as? Int == nil)
    let sized = try Pare.run("inspect", path, "--json", "--size", "length=5").object()
    #expect(sized["macs"] as? Int == 60)
    let unknown = try Pare.run("inspect", path, "--size", "width=5")
    #expect(unknown.code == 1)
    #expect(unknown.error.contains("'width'") && unknown.error.contains("'length'"))
    #expect(try Pare.run("inspect", path, "--size", "length=0").code == 1)
    #expect(try Pare.run("inspect", path, "--size", "length").code == 2)
  }

  @Test func inspectsWhatItCannotRun() throws {
    var graph = SampleBundle.graph
    graph.nodes[0].type = "Frobnicate"
    let path = bundle.file("unknown.onnx")
    try ONNXWriter.write(graph, to: path)
    let object = try Pare.run("inspect", path, "--json").object()
    #expect(object["unsupported"] as? [String] == ["Frobnicate"])
    #expect(object["macs"] is NSNull)
    let result = try Pare.run("evaluate", path, "--data", bundle.directory)
    #expect(result.code == 1)
    #expect(result.error.contains("Frobnicate") && result.error.contains("/flat/Flatten"))
  }

  @Test func evaluates() throws {
    let file = bundle.file("found.npy")
    let result = try Pare.run("evaluate", bundle.directory, "--json", "--predictions", file)
    #expect(result.error.isEmpty)
    let object = try result.object()
    #expect(
      Set(object.keys) == [
        "samples", "correct", "accuracy", "interval", "loss", "seconds", "size_bytes", "parameters",
        "nonzero_parameters", "macs", "effective_macs", "bops",
      ])
    #expect(object["bops"] as? Int == 12 * 32 * 32)
    #expect(object["samples"] as? Int == 4)
    #expect(object["correct"] as? Int == 3)
    #expect(object["accuracy"] as? Double == 0.75)
    #expect(object["nonzero_parameters"] as? Int == 4)
    #expect(object["effective_macs"] as? Int == 3)
    #expect(try NPYReader.read(path: file).array(of: Int64.self) == [0, 1, 2, 2])
  }

  @Test func evaluatesARecipeOnSomeSamples() throws {
    // Only the greatest weight is left: all that is not the first pixel goes to the bias.
    let recipe = try recipe(11.0 / 12)
    let file = bundle.file("found.npy")
    let whole = try Pare.run("evaluate", bundle.directory, "--recipe", recipe, "--json").object()
    #expect(whole["correct"] as? Int == 2)
    let some = try Pare.run(
      "evaluate", bundle.directory, "--recipe", recipe, "--limit", "2", "--json", "--predictions", file
    ).object()
    #expect(some["samples"] as? Int == 2)
    let found = try NPYReader.read(path: file).array(of: Int64.self)
    #expect(found.count == 4)
    #expect(found.count { $0 == -1 } == 2)
  }

  @Test func preprocessesAsTold() throws {
    let dark = try Pare.run(
      "evaluate", bundle.directory, "--scale", "0.001", "--mean", "-0.5", "--std", "1", "--json")
    // The bright pixel still decides, and the last image, which has none of the three, now goes to class 0.
    #expect(try dark.object()["correct"] as? Int == 4)
  }

  @Test func compresses() throws {
    let output = bundle.file("out.onnx")
    let result = try Pare.run(
      "compress", bundle.modelPath, "--recipe", try recipe(11.0 / 12), "--output", output)
    #expect(result.code == 0)
    let graph = try ONNXReader.read(path: output)
    #expect(graph.constants["fc.weight"]?.array(of: Float.self).filter { $0 != 0 } == [4])
    #expect(graph.metadata["pare.recipe"]?.contains("pruning") == true)
    #expect(result.lines.count > 6)
    #expect(result.output.contains("for quantized weights only"))
  }

  /// Everything else is done, what is left is said, and the file holds it.
  @Test func carriesDistillationAlong() throws {
    let rest = #""pruning": [{"layers": ["fc"], "amount": 0.75}]"#
    let plain = try bundle.write(#"{"pare": 1, \#(rest)}"#, to: "plain.json")
    let recipe = try bundle.write(
      #"{"pare": 1, \#(rest), "distillation": {"epochs": 9, "optimizer": "adamw"}}"#, to: "student.json")
    let said = "pare: \(recipe): distillation is kept for later: nothing is trained by this command\n"
    let output = bundle.file("out.onnx")
    let compressed = try Pare.run("compress", bundle.modelPath, "--recipe", recipe, "--output", output)
    #expect(compressed.code == 0 && compressed.error == said)
    let written = try #require(try ONNXReader.read(path: output).metadata["pare.recipe"])
    let carried = try #require(try Recipe(json: written).distillation)
    #expect(carried.epochs == 9 && carried.optimizer == "adamw")
    let evaluated = try Pare.run("evaluate", bundle.directory, "--recipe", recipe, "--json")
    #expect(evaluated.code == 0 && evaluated.error == said)
    let without = try Pare.run("evaluate", bundle.directory, "--recipe", plain, "--json")
    #expect(without.error.isEmpty)
    for key in ["correct", "size_bytes", "macs"] {
      #expect(try evaluated.object()[key] as? Int == without.object()[key] as? Int, "\(key)")
      #expect(try evaluated.object()[key] as? Int != nil, "\(key)")
    }
  }

  @Test func tellsRanges() throws {
    let recipe = try bundle.write(
      #"""
      {"pare": 1, "quantization": {"mode": "onnxruntime", "weights": [{"layers": ["*"], "bits": 8}],
       "activations": [{"layers": ["*"], "bits": 8}]}}
      """#, to: "recipe.json")
    let output = bundle.file("out.onnx")
    let object = try Pare.run("compress", bundle.directory, "--recipe", recipe, "--output", output, "--json")
      .object()
    let graph = try ONNXReader.read(path: output)
    let ranges = try #require(object["ranges"] as? [String: [Double]])
    let scales = graph.nodes.filter { $0.type == "QuantizeLinear" }.compactMap {
      graph.constants[$0.inputs[1]]?.floats.first
    }
    // Each is what its pair was made of.
    #expect(Set(ranges.values.map { Float(($0[1] - $0[0]) / 255) }).isSubset(of: Set(scales).union([0])))
    #expect(ranges.count >= 2 && ranges.values.allSatisfy { $0.count == 2 && $0[0] <= 0 && $0[1] >= 0 })
    #expect(object["files"] as? [String] == [output])
  }

  @Test func tellsSizes() throws {
    let recipe = try bundle.write(
      #"""
      {"pare": 1, "pruning": [{"layers": ["fc"], "amount": 0.75}],
       "quantization": {"weights": [{"layers": ["*"], "bits": 8}]}}
      """#, to: "recipe.json")
    let file = bundle.file("out.onnx")
    let told = try Pare.run("compress", bundle.modelPath, "--recipe", recipe, "--output", file)
    let length = try Data(contentsOf: URL(filePath: file)).count
    let object = try Pare.run("evaluate", bundle.directory, "--recipe", recipe, "--sizes", "--json").object()
    let sizes = try #require(object["sizes"] as? [String: Any])
    #expect(
      Set(sizes.keys) == [
        "dense", "sparse", "sparse_encoding", "huffman", "file", "file_deflate", "file_zstd",
      ])
    #expect(sizes["dense"] as? Int == object["size_bytes"] as? Int)
    #expect(sizes["file"] as? Int == length)
    // Of 12 weights of a byte 3 are left, of 3 biases of four bytes one; each has a bit.
    let dense = try #require(sizes["dense"] as? Int)
    #expect(sizes["sparse"] as? Int == dense - (12 - 5) - (12 - 5))
    #expect(sizes["sparse_encoding"] as? String == "bitmap")
    #expect(sizes["huffman"] as? Int != nil)
    #expect(told.output.contains("\(length)"))
    let plain = try Pare.run("evaluate", bundle.directory, "--sizes", "--json").object()
    #expect((plain["sizes"] as? [String: Any])?["huffman"] is NSNull)
    let text = try Pare.run("evaluate", bundle.directory, "--sizes")
    #expect(text.output.contains("zstd") && text.output.contains("BOPs"))
  }

  @Test func runsRawInputs() throws {
    let input = bundle.file("in.npy")
    try NPYWriter.write(Tensor([Float]([1, 0, 0, 0, 0, 1, 0, 0]), shape: [2, 1, 2, 2]), to: input)
    let result = try Pare.run(
      "run", bundle.modelPath, "--input", "image=\(input)", "--output", bundle.file("new/out"))
    #expect(result.code == 0)
    let output = try NPYReader.read(path: bundle.file("new/out/head_logits_0.npy"))
    #expect(output.shape == [2, 3])
    #expect(output.array(of: Float.self) == [4, 0, 0.5, 0, 3, 0.5])
  }

  @Test func replays() throws {
    let moves = try bundle.write(
      """
      {"pare": 1}
      {"pare": 1, "pruning": [{"layers": ["fc"], "amount": 0.95}]}

      {"pare": 1, "quantization": {"weights": [{"layers": ["*"], "bits": 8}]}}

      """, to: "moves.jsonl")
    let result = try Pare.run("replay", bundle.directory, "--moves", moves, "--json")
    #expect(result.error.isEmpty)
    #expect(result.lines.count == 3)
    let objects = try result.lines.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    for object in objects {
      #expect(
        Set(object.keys) == [
          "recipe", "accuracy", "correct", "samples", "size_bytes", "macs", "first_estimate_ms",
          "first_within_2_points_ms", "exact_ms",
        ])
    }
    #expect(objects.map { $0["correct"] as? Int } == [3, 2, 3])
  }

  /// The moves that one run made by chance, written down, give the same numbers in another.
  @Test func replaysWhatChanceMade() throws {
    let random = try Pare.run(
      "replay", bundle.directory, "--random", "12", "--seed", "3", "--pauses", "--json")
    #expect(random.error.isEmpty)
    let moves = try random.lines.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(moves.count == 12)
    let lines = try moves.map { move in
      let line: [String: Any] = ["pause": 0.01, "recipe": try #require(move["recipe"])]
      return String(decoding: try JSONSerialization.data(withJSONObject: line), as: UTF8.self)
    }
    let path = try bundle.write(lines.joined(separator: "\n"), to: "session.jsonl")
    let again = try Pare.run("replay", bundle.directory, "--moves", path, "--cache", "0", "--json")
    #expect(again.error.isEmpty)
    func numbers(_ lines: [Substring]) throws -> [[String]] {
      try lines.map { line in
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        return ["accuracy", "correct", "samples", "size_bytes", "macs"].map { "\(object[$0] ?? "")" }
      }
    }
    #expect(try numbers(again.lines) == numbers(random.lines))
  }

  @Test func showsWhatEachLayerBears() throws {
    let result = try Pare.run("sensitivity", bundle.directory, "--amounts", "0,1", "--bits", "8", "--json")
    #expect(result.error.isEmpty)
    let objects = try result.lines.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    let points = objects.dropLast()
    #expect(objects.last?["points"] as? Int == points.count)
    #expect(points.count % 3 == 0)
    #expect(!points.isEmpty)
    // Nothing pruned is nothing lost.
    for point in points where point["amount"] as? Double == 0 {
      #expect(point["accuracy"] as? Double == objects.last?["accuracy"] as? Double)
    }
    #expect(try Pare.run("sensitivity", bundle.directory).output.contains("from scratch"))
    let wrong = try Pare.run("sensitivity", bundle.directory, "--amounts", "2")
    #expect(wrong.error.contains("--amounts"))
  }

  @Test func replayNamesTheWrongLine() throws {
    let moves = try bundle.write("{\"pare\": 1}\n{\"pare\": 1, \"prunning\": []}\n", to: "moves.jsonl")
    let result = try Pare.run("replay", bundle.directory, "--moves", moves)
    #expect(result.code == 1)
    #expect(result.error.contains("moves.jsonl:2") && result.error.contains("prunning"))
  }

  @Test func benches() throws {
    let object = try Pare.run(
      "bench", bundle.directory, "--rounds", "3", "--json", environment: ["OMP_NUM_THREADS": "1"]
    ).object()
    #expect((object["pass_ms"] as? [Double])?.count == 3)
    #expect(object["threads"] as? Int == 1)
    #expect(object["samples"] as? Int == 4)
  }

  @Test func benchesSliders() throws {
    let object = try Pare.run("bench", bundle.directory, "--sliders").object()
    let sliders = try #require(object["sliders"] as? [[String: Any]])
    #expect(sliders.count == 12)
    #expect(sliders.allSatisfy { $0["p99_ms"] is Double && $0["p99_processor_ms"] is Double })
    #expect((object["quantizing"] as? [[String: Any]])?.count == 4)
    #expect((object["ranking_bytes"] as? Int ?? 0) > 0)
  }
}
