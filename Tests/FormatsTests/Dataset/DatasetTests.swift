import Formats
import Graph
import Tensor
import Testing

@Suite struct DatasetTests {
  private func dataset(_ count: Int, _ sizes: [Int]) throws -> Dataset {
    let shape = Shape([count] + sizes)
    return try Dataset(
      name: "data", path: "data.npz", samples: Tensor((0..<shape.count).map(Float.init), shape: shape),
      labels: (0..<count).map { $0 % 10 })
  }

  @Test func refusesLabelsThatDoNotMatch() {
    let samples = Tensor([Float(1), 2], shape: [2, 1])
    let make = { (labels: [Int], classes: [String]) throws(FormatError) in
      _ = try Dataset(name: "d", path: "d.npz", samples: samples, labels: labels, classes: classes)
    }
    expectReason("d.npz", "2 samples but 3 labels") { try make([0, 1, 2], []) }
    expectReason("label 1 is -1") { try make([0, -1], []) }
    expectReason("label 0 is 5, but only 2 classes") { try make([5, 1], ["a", "b"]) }
    expectReason("holds no samples") {
      _ = try Dataset(name: "d", path: "d.npz", samples: Tensor([Float](), shape: [0, 3]), labels: [])
    }
    // Twelve bytes of a file may claim so many.
    let empty = Tensor([Float](), shape: [1 << 40, 0])
    expectReason("1099511627776 samples without a number") {
      _ = try Dataset(name: "d", path: "d.npz", samples: empty, labels: [])
    }
  }

  @Test(
    arguments: [
      ([1, 28, 28], [.symbol("N"), 1, 28, 28], [1, 28, 28]),
      ([28, 28], [.symbol("N"), 1, 28, 28], [1, 28, 28]),
      ([1, 28, 28], [1, 784], [784]), ([1, 28, 28], [.symbol("N"), 28, 28, 1], [28, 28, 1]),
      ([1, 28, 28], [.symbol("N"), .symbol("h"), .symbol("w")], [28, 28]),
      ([784], [.unknown, 1, 28, 28], [1, 28, 28]),
      ([3, 8, 8], [.symbol("N"), 192], [192]),
      ([3, 8, 8], [.unknown, .unknown, .unknown, .unknown], [3, 8, 8]),
      ([28, 28], [.symbol("N"), 1, .symbol("h"), 28], [1, 28, 28]),
    ] as [([Int], [Dim], [Int])])
  func fits(_ own: [Int], _ wanted: [Dim], _ sizes: [Int]) throws {
    let data = try dataset(2, own)
    let fitted = try data.fitted(to: [ValueInfo(name: "x", dtype: nil, dims: wanted)])
    #expect(fitted.samples.shape.dims == [2] + sizes)
    #expect(fitted.samples.floats == data.samples.floats)
  }

  @Test(
    arguments: [
      ([1, 28, 28], [.symbol("N"), 3, 28, 28]), ([3, 8, 8], [.symbol("N"), 8, 8, 3]), ([28, 28], []),
      ([28, 20], [.symbol("N"), 1, .symbol("h"), 28]),
      ([4, 2], [.symbol("N"), .symbol("c"), .symbol("h"), .symbol("w")]),
    ] as [([Int], [Dim])])
  func refusesWhatDoesNotFit(_ own: [Int], _ wanted: [Dim]) throws {
    let data = try dataset(2, own)
    expectReason("data", data.samples.shape.description, "does not fit") {
      _ = try data.fitted(to: [ValueInfo(name: "x", dtype: nil, dims: wanted)])
    }
  }

  @Test func convertsNumbersForFloatInputs() throws {
    let data = try Dataset(
      name: "d", path: "d.npz", samples: Tensor([1.5, 2.5], shape: [2, 1]), labels: [0, 1])
    let fitted = try data.fitted(to: [ValueInfo(name: "x", dtype: .float32, dims: [.unknown, 1])])
    #expect(fitted.samples.array(of: Float.self) == [1.5, 2.5])
    expectReason("float64", "takes int64") {
      _ = try data.fitted(to: [ValueInfo(name: "x", dtype: .int64, dims: nil)])
    }
  }

  @Test func shufflesTheSameWayEveryTime() throws {
    let data = try dataset(10, [2])
    let shuffled = data.shuffled(seed: 1)
    #expect(shuffled.order == [9, 0, 1, 4, 8, 2, 3, 7, 6, 5])
    #expect(shuffled.order == data.shuffled(seed: 1).order)
    #expect(shuffled.order != data.shuffled(seed: 2).order)
    #expect(shuffled.order.sorted() == Array(0..<10))
    #expect(shuffled.classLabels == shuffled.order)
    #expect(shuffled.samples.floats == shuffled.order.flatMap { [Float(2 * $0), Float(2 * $0 + 1)] })
    #expect(shuffled.inFileOrder(shuffled.classLabels) == data.classLabels)
    #expect(shuffled.contentHash != data.contentHash)
    #expect(shuffled.prefix(3).inFileOrder(["9", "0", "1"]) == ["0", "1", "9"])
  }

  @Test func everyFirstPartHasItsShareOfEveryClass() throws {
    let labels = (0..<1000).map { $0 < 500 ? 0 : $0 < 800 ? 1 : $0 < 990 ? 2 : 3 }
    let data = try Dataset(
      name: "d", path: "d.npz", samples: Tensor(labels.map { Float($0) }, shape: [1000, 1]), labels: labels)
    let shuffled = data.shuffled(seed: 5).classLabels
    var counts = [0, 0, 0, 0]
    for (index, label) in shuffled.enumerated() {
      counts[label] += 1
      for (count, share) in zip(counts, [0.5, 0.3, 0.19, 0.01]) {
        #expect(abs(Double(count) - share * Double(index + 1)) < 2)
      }
    }
    // Which of a class come first is chance.
    let order = data.shuffled(seed: 5).order.filter { $0 < 500 }
    #expect(order != order.sorted() && order != data.shuffled(seed: 6).order.filter { $0 < 500 })
  }

  @Test func prefixTakesTheFirst() throws {
    let data = try dataset(10, [2]).prefix(3)
    #expect(data.count == 3)
    #expect(data.samples.floats == [0, 1, 2, 3, 4, 5])
    #expect(try dataset(2, [2]).prefix(5).count == 2)
    #expect(try dataset(2, [2]).prefix(-1).count == 0)
  }
}
