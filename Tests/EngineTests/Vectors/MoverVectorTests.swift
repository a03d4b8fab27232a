import Engine
import Foundation
import Graph
import Tensor
import Testing

/// Single nodes that move, select and make elements, as ONNX Runtime and ONNX's own evaluator compute them.
@Suite struct MoverVectorTests {
  private static let cases = Result { try NodeVector.read("movers") }

  /// Differences of all cases, so that one run tells all.
  private func differences(_ run: ConformanceCase.Evaluate) throws -> [String] {
    try Self.cases.get().compactMap { vector in
      do {
        try vector.check(relative: { _ in 1e-4 }, absolute: 2e-5, run)
        return nil
      } catch {
        return "\(vector.name): \(error)"
      }
    }
  }

  @Test func theReferenceAgrees() throws {
    #expect(try Self.cases.get().count > 500)
    let differences = try differences { try ReferenceEvaluator($0).run($1) }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test func theEngineAgrees() throws {
    let differences = try differences { try GraphProgram($0).run($1) }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  /// What is inferred of sizes alone, with a name for each, is what comes out.
  @Test func inferenceAgrees() throws {
    for vector in try Self.cases.get() {
      var graph = try vector.graph(vector.inputs).graph
      var sizes: [String: Int] = [:]
      for (index, input) in graph.inputs.enumerated() {
        graph.inputs[index].dims = input.dims?.enumerated().map { axis, dim in
          sizes["\(input.name).\(axis)"] = dim.value
          return .symbol("\(input.name).\(axis)")
        }
      }
      let typed = try graph.typed()
      for (name, expected) in try vector.outputs {
        let facts = try #require(typed.facts[name])
        #expect(facts.dtype == expected.dtype, "\(vector.name)")
        guard let dims = facts.dims?.map({ $0.binding(sizes) }) else { continue }
        let agrees =
          dims.count == expected.shape.rank
          && zip(dims, expected.shape.dims).allSatisfy { $0 == .unknown || $0.value == $1 }
        #expect(agrees, "\(vector.name): \(dims) instead of \(expected.shape)")
      }
    }
  }
}
