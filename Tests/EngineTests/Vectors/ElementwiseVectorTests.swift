import Engine
import Foundation
import Graph
import Tensor
import Testing

/// Single nodes as other tools compute them: types and versions that ONNX's own cases leave out.
@Suite struct ElementwiseVectorTests {
  @Test func referenceAgrees() throws {
    try check { try ReferenceEvaluator($0).run($1) }
  }

  @Test func engineAgrees() throws {
    try check { try GraphProgram($0).run($1) }
  }

  /// Of the elements' own precision.
  private func relative(_ dtype: DType) -> Double {
    switch dtype {
    case .float64: 1e-12
    case .float32: 1e-5
    case .float16: 0x1p-10
    case .bfloat16: 0x1p-7
    default: 0
    }
  }

  private func check(_ evaluate: ConformanceCase.Evaluate) throws {
    let cases = try NodeVector.read("elementwise")
    #expect(!cases.isEmpty)
    for each in cases {
      do {
        try each.check(relative: relative, absolute: 1e-6, evaluate)
      } catch {
        Issue.record("\(each.name): \(error)")
      }
    }
  }
}
