import Engine
import Testing

/// The engine against ONNX's own test cases.
@Suite struct PlanConformanceTests {
  @Test(arguments: [("node", 214), ("pytorch-converted", 63), ("pytorch-operator", 18), ("simple", 1)])
  func agreesWithONNX(group: String, atLeast: Int) throws {
    let report = try ConformanceReport(group: group) { graph, inputs in
      try GraphProgram(graph).run(inputs)
    }
    print("ONNX \(group) on the engine: \(report)")
    #expect(report.failed.isEmpty, "\(report)")
    #expect(report.passed.count >= atLeast, "\(report)")
  }
}
