import Engine
import Testing

/// The engine against ONNX's own test cases.
@Suite struct PlanConformanceTests {
  @Test(arguments: [("node", 533), ("pytorch-converted", 78), ("pytorch-operator", 29), ("simple", 2)])
  func agreesWithONNX(group: String, atLeast: Int) throws {
    let report = try ConformanceReport(group: group) { graph, inputs in
      try GraphProgram(graph).run(inputs)
    }
    print("ONNX \(group) on the engine: \(report)")
    #expect(report.failed.isEmpty, "\(report)")
    #expect(report.passed.count >= atLeast, "\(report)")
  }
}
