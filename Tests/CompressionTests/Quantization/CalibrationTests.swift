import Compression
import Graph
import Synchronization
import Tensor
import Testing

@Suite struct CalibrationTests {
  struct Batches: Decodable {
    var shape: [Int]
    var values: [Double]
    var percentile: Double?
  }

  struct Expected: Decodable {
    var rangeBits: [UInt32]
  }

  /// The range of the input of a layer, by one calibration.
  private func range(
    _ values: Tensor, _ calibration: Calibration, bits: Int = 8, scheme: Scheme = .affine
  ) throws -> ActivationRanges.Range {
    let width = values.shape[1]
    let model = try Fixtures.layers([("w", .zeros([1, width]))])
    let rule = ActivationRule(
      layers: ["*"], bits: bits, scheme: scheme, calibration: calibration, samples: 1 << 20)
    let result = try Compressor(model).apply(
      Recipe(activations: [rule]), calibration: CalibrationData(inputs: ["w.x": values]))
    return try #require(result.ranges["w.x"])
  }

  @Test func percentilesAndAveragesAreONNXRuntimes() throws {
    for example in try Vectors.read("calibration", Batches.self, Expected.self) {
      let tensor = Tensor(example.input.values.map { Float($0) }, shape: Shape(example.input.shape))
      let found = try range(tensor, example.input.percentile.map { .percentile($0) } ?? .movingAverage)
      #expect([found.low, found.high].map(\.bitPattern) == example.expected.rangeBits, "\(example.name)")
    }
  }

  /// A few values far out are cut off at few bits, and kept at many.
  @Test(arguments: [Calibration.entropy, .mse])
  func outliersAreWeighed(calibration: Calibration) throws {
    var random = SplitMix(seed: 21)
    var values = random.normal([5000, 4]).floats
    for index in 0..<4 { values[index * 777] = index % 2 == 0 ? 40 : -40 }
    let tensor = Tensor(values, shape: [5000, 4])
    for scheme in Scheme.allCases {
      let narrow = try range(tensor, calibration, bits: 4, scheme: scheme)
      #expect(narrow.high < 6 && narrow.low > -6, "\(narrow)")
      #expect(narrow.high > 1 && narrow.low < -1, "\(narrow)")
    }
    let wide = try range(tensor, .mse, bits: 8)
    #expect(wide.high > (try range(tensor, .mse, bits: 3)).high)
    // What has no tail is left whole, or nearly so.
    let even = Tensor((0..<4096).map { Float($0) / 4096 }, shape: [4096, 1])
    #expect(try range(even, calibration).high > 0.9)
  }

  @Test func squaredErrorIsLeast() throws {
    var random = SplitMix(seed: 22)
    let tensor = random.normal([3000, 3])
    for bits in 2...6 {
      let errors = try [Calibration.minmax, .mse].map { calibration in
        let range = try range(tensor, calibration, bits: bits)
        let parameters = LinearParameters(low: range.low, high: range.high, bits: bits, scheme: .affine)
        return tensor.floats.reduce(0.0) { sum, value in
          let integer = (value / parameters.scale).rounded(.toNearestOrEven) + Float(parameters.zeroPoint)
          let clipped = min(max(integer, Float(parameters.lowest)), Float(parameters.highest))
          let error = (clipped - Float(parameters.zeroPoint)) * parameters.scale - value
          return sum + Double(error * error)
        }
      }
      #expect(errors[1] < errors[0])
    }
  }

  @Test func constantsAndZerosHaveRanges() throws {
    for calibration in Calibration.kinds {
      #expect(try range(.zeros([70, 2]), calibration) == .init(low: 0, high: 0))
      let same = try range(Tensor([Float](repeating: 3, count: 80), shape: [80, 1]), calibration)
      #expect(same.low == 0 && same.high > 0 && same.high <= 3, "\(calibration)")
    }
  }

  /// Two runs at most, and none for another width, percentage or calibration.
  @Test func theModelRunsNoMoreForAnotherPercentage() throws {
    var random = SplitMix(seed: 23)
    let compressor = Compressor(try Fixtures.mobile())
    let data = CalibrationData(inputs: ["x": random.normal([16, 3, 8, 8])])
    let asked = Mutex(0)
    func questions(_ calibration: Calibration, bits: Int) throws -> Int {
      let before = asked.withLock { $0 }
      let rule = ActivationRule(layers: ["*"], bits: bits, calibration: calibration)
      _ = try compressor.apply(Recipe(activations: [rule]), calibration: data) {
        asked.withLock { $0 += 1 }
        return false
      }
      return asked.withLock { $0 } - before
    }
    #expect(try questions(.minmax, bits: 8) > 0)
    #expect(try questions(.movingAverage, bits: 8) == 0)
    #expect(try questions(.percentile(99), bits: 8) > 0)
    let others: [(Calibration, Int)] = [(.percentile(90), 8), (.percentile(90), 4), (.mse, 3), (.entropy, 6)]
    for (calibration, bits) in others {
      #expect(try questions(calibration, bits: bits) == 0)
    }
  }
}
