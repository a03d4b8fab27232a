import Engine
import Foundation
import Graph
import Tensor
import Testing

/// Single nodes against ONNX Runtime: what ONNX's own cases leave out of layers with weights, windows and
/// normalisations.
@Suite struct LayerVectorTests {
  @Test func definitionsAgree() throws { try check { try ReferenceEvaluator($0).run($1) } }

  @Test func engineAgrees() throws { try check { try GraphProgram($0).run($1) } }

  private func check(_ evaluate: ConformanceCase.Evaluate) throws {
    let cases = try NodeVector.read("layers")
    #expect(cases.count > 200)
    for node in cases {
      do {
        try node.check(relative: { _ in 1e-4 }, absolute: 1e-5, evaluate)
      } catch {
        Issue.record("\(node.name): \(error)")
      }
    }
  }
}

extension LayerVectorTests {
  /// Inputs that fit no more, or are empty, give an error or a result, and the same kind of one from both.
  @Test func otherSizesNeverTrap() throws {
    var (results, refusals) = (0, 0)
    for (number, node) in try NodeVector.read("layers").enumerated() {
      for (index, tensor) in try node.inputs.sorted(by: { $0.key < $1.key })
      where (index + number) % 3 == 0 || index == 0 {
        for axis in tensor.shape.dims.indices {
          for size in [0, tensor.shape[axis] + 1] {
            let (graph, inputs) = try node.resized(index, axis: axis, to: size)
            let plain = try? ReferenceEvaluator(graph).run(inputs)
            let fast = try? GraphProgram(graph).run(inputs)
            #expect((plain == nil) == (fast == nil), "\(node.name), input \(index), axis \(axis), \(size)")
            if plain == nil { refusals += 1 } else { results += 1 }
          }
        }
      }
    }
    #expect(results > 100 && refusals > 100)
  }
}

extension NodeVector {
  /// The node with other elements along an axis of an input.
  fileprivate func resized(_ index: Int, axis: Int, to size: Int) throws -> (Graph, [String: Tensor]) {
    var inputs = try inputs
    guard let tensor = inputs[index] else { return try graph(inputs) }
    var shape = tensor.shape
    shape.dims[axis] = size
    let values = tensor.doubles
    let numbers = (0..<shape.count).map { values.isEmpty ? 0 : values[$0 % values.count] }
    inputs[index] = Tensor(numbers, shape: shape).converted(to: tensor.dtype)
    return try graph(inputs)
  }
}
