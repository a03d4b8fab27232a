import Tensor

/// Mean, and one over the root of variance and epsilon, of runs of neighbouring elements.
struct RunMoments<T: RealElement> {
  let mean: T
  /// `1 / sqrt(variance + epsilon)`.
  let factor: T

  /// - Parameter isCentred: whether the mean is taken off first; or else the mean of the squares stands for the
  ///   variance.
  init(_ run: Swift.Slice<UnsafeBufferPointer<T>>, epsilon: Float, isCentred: Bool = true) {
    let count = T(run.count)
    let mean = isCentred ? run.reduce(T(0), +) / count : 0
    let variance = run.reduce(T(0)) { $0 + ($1 - mean) * ($1 - mean) } / count
    self.mean = mean
    factor = 1 / (variance + T(epsilon)).squareRoot()
  }
}

/// A normalisation of whole runs, with a scale and a bias for each place in a run.
struct NormalizedRuns<T: RealElement> {
  private(set) var means: [T] = []
  private(set) var factors: [T] = []
  let normalized: Tensor

  /// - Parameters:
  ///   - count: elements of one run.
  ///   - parameters: scale and bias for the element `index` of the run `run`.
  init(
    _ x: Tensor, runsOf count: Int, epsilon: Float, isCentred: Bool = true,
    parameters: (_ run: Int, _ index: Int) -> (scale: T, bias: T)
  ) {
    var (means, factors): ([T], [T]) = ([], [])
    normalized = x.withElements(of: T.self) { source in
      Tensor(of: T.self, shape: x.shape) { target in
        for run in 0..<(count == 0 ? 0 : source.count / count) {
          let range = run * count..<(run + 1) * count
          let moments = RunMoments(source[range], epsilon: epsilon, isCentred: isCentred)
          for (index, place) in range.enumerated() {
            let (scale, bias) = parameters(run, index)
            target.initializeElement(
              at: place, to: (source[place] - moments.mean) * moments.factor * scale + bias)
          }
          means.append(moments.mean)
          factors.append(moments.factor)
        }
      }
    }
    (self.means, self.factors) = (means, factors)
  }
}
