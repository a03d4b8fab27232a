import Graph
import Tensor

extension Einsum: NumericEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    guard let axes = try axes(inputs.map { $0.map { Facts($0) } }) else {
      throw Mismatch("a rank is missing")
    }
    let tensors = try inputs.indices.map { try required(inputs, $0) }
    func strides(_ operand: Int, along labels: ArraySlice<Label>) -> [Int] {
      let shape = tensors[operand].shape
      return labels.map { label in
        // A letter that comes twice walks along a diagonal; a size of 1 is stretched.
        zip(axes.operands[operand].indices, shape.strides).reduce(0) { sum, axis in
          axes.operands[operand][axis.0] == label && shape[axis.0] != 1 ? sum + axis.1 : sum
        }
      }
    }
    func walk(_ labels: ArraySlice<Label>) -> StridedWalk {
      StridedWalk(
        sizes: labels.map { axes.sizes[$0]?.value ?? 0 },
        strides: tensors.indices.map { strides($0, along: labels) })
    }
    let inner = axes.summed.suffix(1)
    let count = inner.first.map { axes.sizes[$0]?.value ?? 0 } ?? 1
    let steps = tensors.indices.map { strides($0, along: inner).first ?? 0 }
    let (kept, summed) = (walk(axes.output[...]), walk(axes.summed.dropLast()))
    let elements = tensors.map { $0.array(of: T.self) }
    return [
      Tensor(of: T.self, shape: outputs[0].shape) { target in
        var index = 0
        kept.visit { place in
          var sum = T.zero
          summed.visit { offsets in
            for k in 0..<count {
              var product = elements[0][place[0] + offsets[0] + k * steps[0]]
              for operand in elements.indices.dropFirst() {
                let start = place[operand] + offsets[operand]
                product = T.product(product, elements[operand][start + k * steps[operand]])
              }
              sum = T.sum(sum, product)
            }
          }
          target.initializeElement(at: index, to: sum)
          index += 1
        }
      }
    ]
  }
}
