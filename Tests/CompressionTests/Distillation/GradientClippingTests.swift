import Compression
import Testing

@Suite struct GradientClippingTests {
  @Test func gradientsAreCutAsTorchCutsThem() throws {
    let cases = try OptimizerVector.read().filter { $0.input.optimizer == "clip" }
    #expect(cases.count == 2)
    for each in cases {
      var gradients = [each.input.start, each.input.gradients].map { $0.map { Float($0) } }
      let norm = gradients.reduce(0) { sum, gradient in
        sum + gradient.withUnsafeBufferPointer { GradientClipping.squares($0) }
      }.squareRoot()
      #expect(abs(norm - (try #require(each.expected.norm))) < 1e-6 * norm, "\(each.name)")
      let factor = GradientClipping.factor(norm: norm, limit: try #require(each.input.limit))
      for index in gradients.indices {
        gradients[index].withUnsafeMutableBufferPointer { GradientClipping.scale($0, by: factor) }
      }
      #expect(agree(gradients.flatMap(\.self), each.expected.steps), "\(each.name)")
    }
  }

  @Test(arguments: 0..<10) func everyNumberCounts(count: Int) {
    let numbers = (0..<count).map { Float($0 + 1) }
    let squares = numbers.withUnsafeBufferPointer { GradientClipping.squares($0) }
    #expect(squares == Double(count * (count + 1) * (2 * count + 1) / 6))
  }
}
