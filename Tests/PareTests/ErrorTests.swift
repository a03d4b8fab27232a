import Foundation
import Testing

struct ErrorTests {
  private let bundle: SampleBundle

  init() throws { bundle = try SampleBundle() }

  /// One line that names the thing, the right code, and nothing on standard output.
  private func refuses(_ result: Pare.Result, code: Int32, naming word: String) {
    #expect(result.code == code)
    #expect(result.output.isEmpty)
    #expect(result.error.hasPrefix("pare: "))
    #expect(result.error.split(separator: "\n").count == 1)
    #expect(result.error.contains(word))
  }

  @Test func refusesWrongUsage() throws {
    let path = bundle.directory
    refuses(try Pare.run(), code: 2, naming: "PATH")
    refuses(try Pare.run("evaluate"), code: 2, naming: "PATH")
    refuses(try Pare.run("evaluate", path, "--frobnicate"), code: 2, naming: "--frobnicate")
    refuses(try Pare.run("evaluate", path, "--limit"), code: 2, naming: "--limit")
    refuses(try Pare.run("evaluate", path, "--limit", "--json"), code: 2, naming: "--limit")
    refuses(try Pare.run("evaluate", path, "--limit", "many"), code: 2, naming: "many")
    refuses(try Pare.run("evaluate", path, "--limit=0"), code: 2, naming: "0")
    refuses(try Pare.run("evaluate", path, "--mean", "1,x"), code: 2, naming: "1,x")
    refuses(try Pare.run("evaluate", path, "--std", "0"), code: 2, naming: "std")
    refuses(try Pare.run("evaluate", path, "--task", "guessing"), code: 2, naming: "next-token")
    refuses(try Pare.run("evaluate", path, "--channels", "cmyk"), code: 2, naming: "rgb")
    refuses(try Pare.run("inspect", path, "another"), code: 2, naming: "another")
    refuses(try Pare.run("inspect", path, "--json=yes"), code: 2, naming: "--json")
    refuses(try Pare.run("inspect", path, "--json", "--json"), code: 2, naming: "--json")
    refuses(try Pare.run("compress", path, "--output", "x.onnx"), code: 2, naming: "--recipe")
    refuses(try Pare.run("run", path, "--input", "image", "--output", "x"), code: 2, naming: "NAME=")
  }

  @Test func refusesWhatIsNotThere() throws {
    refuses(try Pare.run("missing.onnx"), code: 1, naming: "missing.onnx")
    refuses(try Pare.run("inspect", "missing.onnx"), code: 1, naming: "missing.onnx")
    let output = bundle.file("out.onnx")
    let recipe = try bundle.write(
      #"{"pare": 1, "quantization": {"activations": [{"layers": ["*"], "bits": 8}]}}"#, to: "activations.json"
    )
    refuses(
      try Pare.run("compress", bundle.modelPath, "--recipe", recipe, "--output", output), code: 1,
      naming: "--data")
    refuses(try Pare.run("evaluate", bundle.modelPath, "--task", "regression"), code: 1, naming: "--data")
    let path = bundle.directory
    refuses(try Pare.run("evaluate", path, "--data", "gone.npz"), code: 1, naming: "gone.npz")
    refuses(try Pare.run("evaluate", path, "--recipe", "gone.json"), code: 1, naming: "gone.json")
    refuses(try Pare.run("replay", path, "--moves", "gone.jsonl"), code: 1, naming: "gone.jsonl")
    refuses(try Pare.run("run", path, "--output", bundle.file("out")), code: 1, naming: "image")
    #expect(!FileManager.default.fileExists(atPath: bundle.file("out")))
    refuses(
      try Pare.run("run", path, "--input", "other=x.npy", "--output", bundle.file("out")), code: 1,
      naming: "other")
  }

  @Test func refusesARecipeThatDoesNotFit() throws {
    let recipe = try bundle.write(
      #"{"pare": 1, "pruning": [{"layers": ["conv9"], "amount": 0.5}]}"#, to: "recipe.json")
    let output = bundle.file("out.onnx")
    for command in [["evaluate"], ["compress", "--output", output]] {
      let (process, _, error) = try Pare.start(command + [bundle.directory, "--recipe", recipe])
      process.waitUntilExit()
      let said = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      #expect(process.terminationStatus == 1)
      #expect(said.contains("recipe.json") && said.contains("conv9"))
    }
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test(arguments: ["", "inspect", "run", "evaluate", "compress", "sensitivity", "replay", "bench"])
  func helps(command: String) throws {
    let result = command.isEmpty ? try Pare.run("--help") : try Pare.run(command, "-h")
    #expect(result.code == 0)
    #expect(result.output.contains("Usage: pare \(command)"))
    #expect(result.lines.allSatisfy { $0.count <= 100 })
  }

  @Test func tellsItsVersion() throws {
    #expect(try Pare.run("--version").output.hasPrefix("pare "))
  }

  @Test func endsQuietlyWhereNobodyReads() throws {
    let (process, output, error) = try Pare.start(["inspect", bundle.modelPath, "--json"])
    try output.fileHandleForReading.close()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(error.fileHandleForReading.readDataToEndOfFile().isEmpty)
  }

  @Test func endsCleanlyWhenInterrupted() throws {
    let (process, _, _) = try Pare.start(["bench", bundle.directory, "--rounds", "1000000"])
    Thread.sleep(forTimeInterval: 0.5)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
  }
}
