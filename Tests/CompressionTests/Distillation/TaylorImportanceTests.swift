import Compression
import Tensor
import Testing

@Suite struct TaylorImportanceTests {
  private let weight = Tensor([1, -2, 3, 0, 5, -6] as [Float], shape: [2, 3])
  private let gradient = Tensor([0.5, 1, -1, 9, 0, 0.5] as [Float], shape: [2, 3])

  @Test func weightsCountByWhatTheyDoToTheLoss() {
    #expect(TaylorImportance.scores(weight: weight, gradient: gradient) == [0.25, 4, 9, 0, 0, 9])
  }

  @Test func channelsCountByTheSumOfTheirWeights() {
    func scores(_ axis: Int) -> [Double] {
      TaylorImportance.scores(ofSlicesAlong: axis, weight: weight, gradient: gradient)
    }
    #expect(scores(0) == [13.25, 9])
    #expect(scores(1) == [0.25, 4, 18])
  }
}
