import Engine
import Testing

/// The plain definitions against ONNX's own test cases.
@Suite struct ReferenceConformanceTests {
  @Test(arguments: [("node", 750), ("pytorch-converted", 82), ("pytorch-operator", 35), ("simple", 6)])
  func agreesWithONNX(group: String, atLeast: Int) throws {
    let report = try ConformanceReport(group: group) { graph, inputs in
      try ReferenceEvaluator(graph).run(inputs)
    }
    print("ONNX \(group) on the reference: \(report)")
    #expect(report.failed.isEmpty, "\(report)")
    #expect(report.passed.count >= atLeast, "\(report)")
  }
}
