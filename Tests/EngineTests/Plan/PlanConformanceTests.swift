import Engine
import Testing

/// The engine against ONNX's own test cases.
@Suite struct PlanConformanceTests {
  @Test(arguments: [("node", 311), ("pytorch-converted", 65), ("pytorch-operator", 22), ("simple", 5)])
  func agreesWithONNX(group: String, atLeast: Int) throws {
    let report = try ConformanceReport(group: group) { graph, inputs in
      try ExecutionPlan(graph, for: inputs).run(inputs)
    }
    print("ONNX \(group) on the engine: \(report)")
    #expect(report.failed.isEmpty, "\(report)")
    #expect(report.passed.count >= atLeast, "\(report)")
  }
}
