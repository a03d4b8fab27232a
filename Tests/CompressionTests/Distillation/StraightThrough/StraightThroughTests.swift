import Compression
import Testing

@Suite struct StraightThroughTests {
  struct Input: Decodable {
    var kind: String
    var values: [Double]
    var upstream: [Double]
    var qmin: Int?
    var qmax: Int?
    var scale: Double?
    var codes: [Int32]?
  }

  struct Expected: Decodable {
    var gradient: [Double]
    var scaleGradient: Double?
    var weights: [Double]?
  }

  private func cases(_ kind: String) throws -> [Vectors.File<Input, Expected>.Case] {
    try Vectors.read("straight_through", Input.self, Expected.self).filter { $0.input.kind == kind }
  }

  @Test func gradientsOfAScaleAreThoseOfTheRounding() throws {
    let cases = try cases("step_size")
    #expect(cases.count == 4)
    for each in cases {
      let rounding = LearnedStepSize(qmin: try #require(each.input.qmin), qmax: try #require(each.input.qmax))
      let (values, upstream) = (each.input.values.map { Float($0) }, each.input.upstream.map { Float($0) })
      var gradient = [Float](repeating: .nan, count: values.count)
      let scale = Float(try #require(each.input.scale))
      let found = rounding.gradients(values, upstream, scale, &gradient)
      #expect(gradient.map { Double($0) } == each.expected.gradient.map { Double(Float($0)) }, "\(each.name)")
      #expect(abs(found - (try #require(each.expected.scaleGradient))) < 2e-5, "\(each.name)")
    }
  }

  /// Twice as many numbers of one sample, half of it of its gradient scale squared.
  @Test func aScaleIsWeighedByWhatItIsFor() {
    let rounding = LearnedStepSize(qmin: -8, qmax: 7)
    #expect(abs(rounding.gradientScale(count: 28) - 1.0 / 14) < 1e-15)
    var gradient: [Float] = [0, 0]
    let alone = rounding.gradients([0.26, 3], [1, 2], 0.1, &gradient)
    let told = rounding.gradients([0.26, 3], [1, 2], 0.1, &gradient, count: 8)
    #expect(abs(alone - 2 * told) < 1e-9)
    // 3 - 2.6 within, 7 at the end.
    #expect(abs(alone - (0.4 + 14) / 14.0.squareRoot()) < 1e-6)
    #expect(gradient == [1, 0])
  }

  @Test func scalesBeginWithThePapers() {
    let scale = [1, -2, 3, 0].withUnsafeBufferPointer {
      LearnedStepSize(qmin: -4, qmax: 4).initialScale(of: $0)
    }
    #expect(scale == 1.5)
  }

  @Test func sharedWeightsAreTrainedTogether() throws {
    let cases = try cases("codebook")
    #expect(cases.count == 2)
    for each in cases {
      let (values, upstream) = (each.input.values.map { Float($0) }, each.input.upstream.map { Float($0) })
      let codes = try #require(each.input.codes)
      var weights = [Float](repeating: .nan, count: codes.count)
      let gradients = codes.withUnsafeBufferPointer { codes in
        weights.withUnsafeMutableBufferPointer { weights in
          values.withUnsafeBufferPointer { SharedWeights.update(weights, codes: codes, values: $0) }
        }
        return upstream.withUnsafeBufferPointer {
          SharedWeights.gradients(of: $0, codes: codes, count: values.count)
        }
      }
      #expect(agree(gradients, each.expected.gradient), "\(each.name)")
      #expect(weights == (try #require(each.expected.weights)).map { Float($0) }, "\(each.name)")
    }
  }
}

extension LearnedStepSize {
  fileprivate func gradients(
    _ values: [Float], _ upstream: [Float], _ scale: Float, _ gradient: inout [Float], count: Int? = nil
  ) -> Double {
    gradient.withUnsafeMutableBufferPointer { gradient in
      values.withUnsafeBufferPointer { values in
        upstream.withUnsafeBufferPointer {
          gradients(of: values, upstream: $0, scale: scale, count: count, gradient: gradient)
        }
      }
    }
  }
}
