/// ONNX Runtime's own operator Gelu: `x · Φ(x)` with the normal distribution's `Φ`.
public struct MicrosoftGelu: UnaryElementwise {
  public static let type = OperatorType("Gelu", domain: "com.microsoft")

  public init(_ node: Node, opset: Int) {}
}
