import Graph
import Tensor

extension Gemm: Trainable {
  func tape(_ node: Node, on tape: Tape) throws -> Bool {
    let (a, b) = (try tape.plain(node.inputs[0]), try tape.plain(node.inputs[1]))
    let c = try node.input(2).map { try tape.plain($0) }
    guard a.isFloat, b.isFloat, !(a.dims + b.dims).contains(0) else { return false }
    let result = try tape.output(
      node, hasGradient: [a, b, c].contains { $0?.gradient != nil }, isFree: true)
    let product = Product(
      leftIsTransposed: transposesLeft, rightIsTransposed: transposesRight, m: result.dims[0],
      n: result.dims[1],
      k: transposesLeft ? a.dims[0] : a.dims[1], factor: alpha, node: node.label)
    let runs = c.map { BroadcastRuns($0.dims, [], over: result.dims) }
    let beta = beta
    tape.add(
      gives: [result],
      forward: { _ in
        if let c, let runs {
          for start in runs.starts {
            let (from, to) = (c.floats + start.left, result.floats + start.result)
            for index in 0..<runs.length { to[index] = beta * from[index * runs.leftStep] }
          }
        }
        try product.forward(a.floats, b.floats, result.floats, isAdding: c != nil)
      },
      backward: {
        guard let gradient = result.gradient?.floats else { return }
        if let c = c?.gradient, let runs {
          c.settle()
          for start in runs.starts {
            let (from, to) = (gradient + start.result, c.floats + start.left)
            if runs.leftStep == 1 {
              for index in 0..<runs.length { to[index] += beta * from[index] }
            } else {
              to[0] += beta * Tape.sum(from, runs.length)
            }
          }
        }
        if let own = a.gradient {
          try product.backLeft(gradient, b.floats, own.floats, isAdding: own.startAdding())
        }
        if let own = b.gradient {
          try product.backRight(gradient, a.floats, own.floats, isAdding: own.startAdding())
        }
      })
    return true
  }
}

/// `factor · a · b` of row-major matrices that may be transposed, `[m, k]` and `[k, n]` as they are meant.
struct Product {
  let leftStride: Int
  let rightStride: Int
  let (leftIsTransposed, rightIsTransposed): (Bool, Bool)
  let (m, n, k): (Int, Int, Int)
  let factor: Float
  let node: String

  init(
    leftIsTransposed: Bool = false, rightIsTransposed: Bool = false, m: Int, n: Int, k: Int,
    factor: Float = 1, node: String
  ) {
    (self.leftIsTransposed, self.rightIsTransposed) = (leftIsTransposed, rightIsTransposed)
    leftStride = leftIsTransposed ? m : k
    rightStride = rightIsTransposed ? k : n
    (self.m, self.n, self.k) = (m, n, k)
    self.factor = factor
    self.node = node
  }

  func forward(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    isAdding: Bool
  ) throws {
    try Library.multiply(
      left(a), right(b), m: m, n: n, k: k, factor: factor, isAdding: isAdding, to: result, stride: n,
      node: node)
  }

  /// From the gradient of the result to that of `a`.
  func backLeft(
    _ gradient: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>,
    isAdding: Bool
  ) throws {
    let g = Library.Matrix(elements: gradient, stride: n)
    if leftIsTransposed {
      try Library.multiply(
        right(b), g.transposed, m: k, n: m, k: n, factor: factor, isAdding: isAdding, to: target, stride: m,
        node: node)
    } else {
      try Library.multiply(
        g, right(b).transposed, m: m, n: k, k: n, factor: factor, isAdding: isAdding, to: target, stride: k,
        node: node)
    }
  }

  /// From the gradient of the result to that of `b`.
  func backRight(
    _ gradient: UnsafePointer<Float>, _ a: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>,
    isAdding: Bool
  ) throws {
    let g = Library.Matrix(elements: gradient, stride: n)
    if rightIsTransposed {
      try Library.multiply(
        g.transposed, left(a), m: n, n: k, k: m, factor: factor, isAdding: isAdding, to: target, stride: k,
        node: node)
    } else {
      try Library.multiply(
        left(a).transposed, g, m: k, n: n, k: m, factor: factor, isAdding: isAdding, to: target, stride: n,
        node: node)
    }
  }

  private func left(_ a: UnsafePointer<Float>) -> Library.Matrix {
    Library.Matrix(elements: a, stride: leftStride, isTransposed: leftIsTransposed)
  }

  private func right(_ b: UnsafePointer<Float>) -> Library.Matrix {
    Library.Matrix(elements: b, stride: rightStride, isTransposed: rightIsTransposed)
  }
}

extension Library.Matrix {
  var transposed: Self { Self(elements: elements, stride: stride, isTransposed: !isTransposed) }
}
