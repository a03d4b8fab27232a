import Tensor

/// How much the loss would change without a weight, to first order: `(w · g)²` (Molchanov et al. 2019).
public enum TaylorImportance {
  /// One number a weight, in row-major order.
  ///
  /// - Parameter gradient: of the loss, of the weight's shape; both float32.
  public static func scores(weight: Tensor, gradient: Tensor) -> [Float] {
    precondition(weight.shape == gradient.shape, "a gradient has the weight's shape")
    return weight.withElements(of: Float.self) { weight in
      gradient.withElements(of: Float.self) { gradient in
        weight.indices.map { index in
          let change = weight[index] * gradient[index]
          return change * change
        }
      }
    }
  }

  /// The sums of the same over each slice along an axis.
  public static func scores(ofSlicesAlong axis: Int, weight: Tensor, gradient: Tensor) -> [Double] {
    precondition(weight.shape == gradient.shape, "a gradient has the weight's shape")
    var sums = [Double](repeating: 0, count: weight.shape[axis])
    weight.withElements(of: Float.self) { weights in
      gradient.withElements(of: Float.self) { gradients in
        weight.shape.forEachRun(along: axis) { slice, run in
          var sum = 0.0
          for index in run {
            let change = Double(weights[index]) * Double(gradients[index])
            sum += change * change
          }
          sums[slice] += sum
        }
      }
    }
    return sums
  }
}
