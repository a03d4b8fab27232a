import Tensor
import Testing

@Suite struct TensorConversionTests {
  /// Values made with NumPy: `numpy.float32(x).astype(numpy.float16).view(numpy.uint16)`.
  @Test(
    arguments: [
      (0, 0x0000), (-0.0, 0x8000), (1, 0x3c00), (-2, 0xc000), (65504, 0x7bff), (65519.996, 0x7bff),
      (65520, 0x7c00), (Float.infinity, 0x7c00), (0x1p-14, 0x0400), (0x1p-24, 0x0001), (0x1p-25, 0x0000),
      (0x1.8p-24, 0x0002), (0.1, 0x2e66), (1.00048828125, 0x3c00), (1.00146484375, 0x3c02), (1e-5, 0x00a8),
    ] as [(Float, Int)])
  func roundsToHalf(number: Float, bits: Int) {
    #expect(number.halfBits == UInt16(bits))
  }

  @Test func everyHalfSurvives() {
    for bits in UInt16.min...UInt16.max {
      let number = Float(halfBits: bits)
      if number.isNaN {
        #expect(Float(halfBits: number.halfBits).isNaN)
      } else {
        #expect(number.halfBits == bits)
      }
    }
  }

  @Test func roundsToBfloat16() {
    #expect(Float(1).bfloat16Bits == 0x3f80)
    #expect(Float(0x1.01p0).bfloat16Bits == 0x3f80)
    #expect(Float(0x1.03p0).bfloat16Bits == 0x3f82)
    #expect(Float.nan.bfloat16Bits == 0x7fc0)
    #expect(Float.greatestFiniteMagnitude.bfloat16Bits == 0x7f80)
  }

  @Test func cutsFractionsAndBits() {
    let numbers = Tensor([1.9, -1.9, 300, .nan, .infinity, -1e30] as [Float])
    #expect(numbers.converted(to: .int32).integers?.prefix(3) == [1, -1, 300])
    #expect(numbers.converted(to: .uint8).integers?.prefix(4) == [1, 255, 44, 0])
    #expect(numbers.converted(to: .int64).integers == [1, -1, 300, 0, .max, .min])
    #expect(numbers.converted(to: .bool).integers == [1, 1, 1, 1, 1, 1])
  }

  @Test func packsNibbles() {
    let numbers = Tensor([1, -2, 7, -8, 3] as [Int32])
    let packed = numbers.converted(to: .int4)
    #expect(packed.byteCount == 3)
    #expect(packed.integers == [1, -2, 7, -8, 3])
    #expect(numbers.converted(to: .uint4).integers == [1, 14, 7, 8, 3])
  }

  @Test(arguments: DType.allCases) func keepsSmallNumbers(dtype: DType) {
    let numbers = Tensor([0, 1] as [Int64], shape: [2, 1])
    for other in DType.allCases {
      let there = numbers.converted(to: dtype).converted(to: other)
      #expect(there.dtype == other && there.shape == [2, 1])
      #expect(there.doubles == [0, 1], "\(dtype) to \(other)")
    }
  }

  @Test func largeUnsignedStaysPositive() {
    let number = Tensor([UInt64.max])
    #expect(number.doubles == [0x1p64])
    #expect(number.converted(to: .int64).integers == [-1])
  }
}
