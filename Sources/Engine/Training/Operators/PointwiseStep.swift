import Graph
import Tensor

/// A convolution by a kernel of one position, with channels last: a matrix product of all positions' channels. oneDNN's
/// product is twice as fast as its convolution at the weights' gradient, and takes weights as they lie.
final class PointwiseStep {
  private let source: Variable
  private let weight: Variable
  private let bias: Variable?
  private let result: Variable
  private let product: Product

  init(source: Variable, weight: Variable, bias: Variable?, result: Variable, node: String) {
    (self.source, self.weight, self.bias, self.result) = (source, weight, bias, result)
    product = Product(
      rightIsTransposed: true, m: result.count / weight.dims[0], n: weight.dims[0], k: weight.dims[1],
      node: node)
  }

  func forward() throws {
    if let bias {
      for row in 0..<product.m {
        (result.floats + row * product.n).update(from: bias.floats, count: product.n)
      }
    }
    try product.forward(source.floats, weight.floats, result.floats, isAdding: bias != nil)
  }

  func backward() throws {
    guard let gradient = result.gradient?.floats else { return }
    if let own = source.gradient {
      try product.backLeft(gradient, weight.floats, own.floats, isAdding: own.startAdding())
    }
    if let own = weight.gradient {
      try product.backRight(gradient, source.floats, own.floats, isAdding: own.startAdding())
    }
    guard let own = bias?.gradient else { return }
    own.settle()
    for row in 0..<product.m {
      let g = gradient + row * product.n
      for channel in 0..<product.n { own.floats[channel] += g[channel] }
    }
  }
}
