import Engine
import Foundation
import Graph
import Tensor
import Testing

/// Single nodes as other tools compute them: types and versions that ONNX's own cases leave out.
@Suite struct NodeVectorTests {
  @Test func referenceAgrees() throws {
    try check { try ReferenceEvaluator($0).run($1) }
  }

  @Test func engineAgrees() throws {
    try check { try GraphProgram($0).run($1) }
  }

  private func check(_ evaluate: ConformanceCase.Evaluate) throws {
    let cases = try NodeVector.read("elementwise")
    #expect(!cases.isEmpty)
    for each in cases {
      do {
        try each.check(evaluate)
      } catch {
        Issue.record("\(each.name): \(error)")
      }
    }
  }
}
