import Engine
import Testing

/// The engine against ONNX's own test cases.
@Suite struct PlanConformanceTests {
  @Test(arguments: [("node", 746), ("pytorch-converted", 82), ("pytorch-operator", 35), ("simple", 6)])
  func agreesWithONNX(group: String, atLeast: Int) throws {
    let report = try ConformanceReport(group: group) { graph, inputs in
      try GraphProgram(graph).run(inputs)
    }
    print("ONNX \(group) on the engine: \(report)")
    #expect(report.failed.isEmpty, "\(report)")
    #expect(report.passed.count >= atLeast, "\(report)")
  }
}
