import Compression
import Dashboard
import Formats
import Terminal
import Testing
import Workbench

/// What the result's lines say, for each task, and that nothing of it is cut in the narrowest common screen.
struct ResultLineTests {
  private func evaluation(
    _ task: DataTask, _ score: Double, samples: Int = 10_000, interval: ClosedRange<Double>? = nil,
    _ figures: [Evaluation.Figure] = []
  ) -> Evaluation {
    Evaluation(
      task: task, samples: samples, total: 10_000, correct: 0, loss: 1, seconds: 1, score: score,
      interval: interval ?? score...score, figures: figures)
  }

  private func line(_ label: String, in desk: Desk) -> String? {
    desk.screen.dump().split(separator: "\n").first { $0.hasPrefix("│ \(label) ") }
      .map { String($0.prefix(while: { $0 != "╮" }).prefix(45)) }
  }

  @Test func tokensHaveTheirPerplexity() throws {
    var desk = try Desk(80, 24)
    desk.take(.dataLoaded(name: "text", samples: 10_000, task: .nextToken))
    desk.take(.baseline(evaluation(.nextToken, 0.5, [Evaluation.Figure("perplexity", 5.5)])))
    #expect(line("Tokens", in: desk)?.contains("50.00 % → 50.00 %") == true)
    #expect(line("Perplexity", in: desk)?.contains("5.50 → 5.50") == true)
    desk.press("L pause")
    let worse = evaluation(.nextToken, 0.4, [Evaluation.Figure("perplexity", 7.25)])
    desk.take(.evaluated(generation: desk.state.generation, worse))
    #expect(line("Perplexity", in: desk)?.contains("5.50 → 7.25") == true)
    #expect(line("Perplexity", in: desk)?.contains("▴ 1.75") == true)
  }

  @Test func classifiersHaveNone() throws {
    var desk = try Desk(80, 24)
    desk.load()
    #expect(line("Perplexity", in: desk) == nil)
    #expect(line("Accuracy", in: desk) != nil)
  }

  @Test func outputsOfOneNumberAreJudgedByTheirCosine() throws {
    var desk = try Desk(80, 24)
    desk.take(.dataLoaded(name: "random", samples: 10_000, task: .fidelity))
    desk.take(.baseline(evaluation(.fidelity, 1, [Evaluation.Figure("sqnr_db", .infinity)])))
    desk.press("L pause")
    let some = evaluation(.fidelity, 0.9987, samples: 512, [Evaluation.Figure("sqnr_db", 26)])
    desk.take(.evaluated(generation: desk.state.generation, some))
    let text = line("Cosine", in: desk)
    // A cosine has no interval.
    #expect(text?.contains("99.87 % ") == true && text?.contains("±") == false, "\(text ?? "no line")")
    #expect(line("Agreement", in: desk) == nil)
  }

  @Test(arguments: [(1.0, 0.9975), (0.9999, 0.99), (0.25, 0.1)])
  func nothingIsCut(score: Double, lowest: Double) throws {
    for glyphs in [Glyphs.unicode, .ascii] {
      var desk = try Desk(80, 24, look: Look(theme: .standard, glyphs: glyphs))
      desk.load()
      desk.press("L pause")
      let some = evaluation(.classification, score, samples: 512, interval: lowest...min(1, score + 0.1))
      desk.take(.evaluated(generation: desk.state.generation, some))
      let rows = desk.screen.dump().split(separator: "\n").map { String($0.prefix(45)) }
      let result = rows.drop { !$0.contains("Result") }
      #expect(!result.isEmpty && result.allSatisfy { !$0.contains("…") }, "\(result.joined(separator: "\n"))")
    }
  }

  @Test func aSmallDifferenceFitsItsColumn() throws {
    var desk = try Desk(80, 24)
    desk.load()
    // Some weights less are a share, not a factor of 1.00.
    desk.press("j l pause")
    let rows = desk.screen.dump().split(separator: "\n").map(String.init)
    let nonzero = rows.first { $0.contains("Non-zero") }
    #expect(nonzero?.contains("…") == false && nonzero?.contains("%") == true, "\(nonzero ?? "no line")")
  }
}
