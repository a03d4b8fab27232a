import Engine
import Testing

/// The plain definitions against ONNX's own test cases.
@Suite struct ReferenceConformanceTests {
  @Test(arguments: [("node", 535), ("pytorch-converted", 78), ("pytorch-operator", 29), ("simple", 2)])
  func agreesWithONNX(group: String, atLeast: Int) throws {
    let report = try ConformanceReport(group: group) { graph, inputs in
      try ReferenceEvaluator(graph).run(inputs)
    }
    print("ONNX \(group) on the reference: \(report)")
    #expect(report.failed.isEmpty, "\(report)")
    #expect(report.passed.count >= atLeast, "\(report)")
  }
}
