import Foundation
import Graph

extension RecurrentActivation {
  func callAsFunction<T: RealElement>(_ value: T) -> T {
    let (x, alpha, beta) = (Double(value), Double(alpha), Double(beta))
    let result: Double =
      switch function {
      case .affine: alpha * x + beta
      case .elu: x >= 0 ? x : alpha * (exp(x) - 1)
      case .hardSigmoid: min(max(alpha * x + beta, 0), 1)
      case .leakyRelu: x >= 0 ? x : alpha * x
      case .relu: x < 0 ? 0 : x
      case .scaledTanh: alpha * Foundation.tanh(beta * x)
      case .sigmoid: 1 / (1 + exp(-x))
      case .softplus: x > 30 ? x : log1p(exp(x))
      case .softsign: x / (1 + abs(x))
      case .tanh: Foundation.tanh(x)
      case .thresholdedRelu: x > alpha ? x : 0
      }
    return T(result)
  }
}
