import Engine
import Graph
import Tensor
import Testing

/// Sums and products, of elements and of matrices, against differences of their definitions.
@Suite struct ArithmeticGradientTests {
  @Test(arguments: ["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum"])
  func arithmetic(_ name: String) throws {
    for (left, right) in [
      ([2, 3, 4], [2, 3, 4]), ([2, 3, 4], [4]), ([4], [2, 3, 4]), ([2, 3, 4], [3, 1]), ([2, 1, 4], [3, 1]),
      ([2, 3, 4], []), ([1], [2, 3]), ([2, 3, 4, 5], [3, 1, 1]), ([2, 3, 4, 5], [2, 1, 1, 5]), ([], []),
    ] {
      var check = GradientCheck(seed: 9)
      let a = check.parameter(left)
      let b = check.parameter(right, from: 0.5, to: 2)
      try check.check([check.node(OperatorType(name), [a, b])])
    }
  }

  @Test func arithmeticBehindConvolutions() throws {
    for dims in [[3, 1, 1], [1, 3, 1, 1], [2, 3, 1, 1], [2, 3, 5, 5], [5], [2, 1, 5, 5], []] {
      for name in ["Add", "Mul", "Sub", "Div"] {
        var check = GradientCheck(seed: 10)
        let x = check.node("Conv", [check.parameter([2, 2, 5, 5]), check.parameter([3, 2, 1, 1])])
        try check.check([check.node(OperatorType(name), [x, check.parameter(dims, from: 0.5, to: 2)])])
      }
    }
  }

  /// What nobody else reads is written over, value and gradient.
  @Test(arguments: ["Add", "Sub", "Mul", "Div", "Max"])
  func arithmeticBehindProducts(_ name: String) throws {
    let type = OperatorType(name)
    for dims in [[2, 3, 5], [5], [3, 1], []] {
      for learns in [false, true] {
        var check = GradientCheck(seed: 27)
        func product() -> String {
          check.node("MatMul", [check.parameter([2, 3, 4]), check.parameter([4, 5], from: 0.2, to: 1)])
        }
        func other() -> String {
          learns ? check.parameter(dims, from: 0.5, to: 2) : check.constant(dims, from: 0.5, to: 2)
        }
        let left = check.node(type, [product(), other()])
        let first = check.node(
          "MatMul", [check.parameter([2, 3, 4], from: 0.5), check.parameter([4, 5], from: 0.5)])
        let right = check.node(type, [other(), first])
        let both = check.node(type, [product(), check.node("Exp", [product()])])
        let reshaped = check.node("Reshape", [both, check.integers([2, 3, 5])])
        try check.check([
          check.node("Sigmoid", [left]), check.node("Exp", [right]), check.node("Softmax", [reshaped]),
        ])
      }
    }
  }

  @Test func powers() throws {
    var check = GradientCheck(seed: 11)
    let x = check.parameter([3, 4], from: 0.5, to: 2)
    let a = check.node("Pow", [x, check.constant(Tensor(scalar: Float(2)))])
    let b = check.node("Pow", [x, check.constant(Tensor(scalar: Float(3)))])
    let c = check.node("Pow", [x, check.parameter([4])])
    try check.check([a, b, c])
  }

  @Test func products() throws {
    for (left, right) in [
      ([3, 4], [4, 5]), ([2, 3, 4], [4, 5]), ([2, 3, 4], [2, 4, 5]), ([2, 1, 3, 4], [3, 4, 5]),
      ([4], [4, 5]), ([3, 4], [4]), ([4], [4]), ([2, 3, 4], [4]), ([4], [2, 4, 3]), ([3, 4], [2, 4, 5]),
    ] {
      var check = GradientCheck(seed: 12)
      let y = check.node("MatMul", [check.parameter(left), check.parameter(right)])
      try check.check([y])
    }
  }

  @Test func gemms() throws {
    for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      for bias in [[5], [3, 5], [3, 1], [1], []] {
        var check = GradientCheck(seed: 13)
        let left = check.parameter(a == 0 ? [3, 4] : [4, 3])
        let right = check.parameter(b == 0 ? [4, 5] : [5, 4])
        let y = check.node(
          "Gemm", [left, right, check.parameter(bias)],
          ["transA": .int(a), "transB": .int(b), "alpha": .float(0.5), "beta": .float(2)])
        try check.check([y])
      }
    }
  }
}
