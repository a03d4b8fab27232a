import Engine
import Graph
import Tensor

/// Observes the layers of a graph while it runs on samples.
struct LayerObserver {
  var values: SampleValues
  /// Layers whose `node` is an index of the graph's.
  var layers: [Layer]
  var kinds: Set<LayerObservation.Kind>

  /// - Throws: as `SampleValues`; `CompressionError.layer` where a layer cannot be observed.
  /// - Returns: one for each of `layers`.
  func observe(
    _ data: CalibrationData, samples: Int, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [LayerObservation] {
    var found = layers.map { _ in LayerObservation() }
    let typed = try values.graph.fixing(data.constants).typedForOneSample()
    var readers: [String: [Int]] = [:]
    var outputs: [String: [(layer: Int, axis: Int)]] = [:]
    for (index, layer) in layers.enumerated() {
      if !kinds.isDisjoint(with: [.inputs, .products]) {
        guard let input = layer.data(in: typed.graph) else {
          throw CompressionError.layer(
            layer.name, reason: "what \(layer.type) nodes sum with it cannot be observed, for it is no input")
        }
        readers[input, default: []].append(index)
      }
      if kinds.contains(.zeros) {
        guard let activated = typed.activatedOutput(of: layer) else {
          throw CompressionError.layer(
            layer.name, reason: "there is no activation behind it that gives zeros, such as Relu")
        }
        outputs[activated.value, default: []].append((index, activated.axis))
      }
    }
    if kinds.contains(.gradients) {
      let squares = try GradientObserver(graph: values.graph, layers: layers, threads: values.threads)
        .squares(
          data, samples: samples, isCancelled: isCancelled)
      for (index, squares) in squares.enumerated() { found[index].gradientSquares = squares }
    }
    if readers.isEmpty, outputs.isEmpty { return found }
    let tensors = Set(readers.keys).union(outputs.keys).sorted()
    var zeros = layers.map { _ in [Int]() }
    var places = layers.map { _ in 0 }
    var unfoldings: [Int: Unfolding] = [:]
    try values.forEachBatch(of: tensors, data: data, samples: samples, isCancelled: isCancelled) {
      name, tensor in
      guard tensor.dtype == .float32 else {
        throw CompressionError.calibration("tensor '\(name)' is \(tensor.dtype), not float32")
      }
      for index in readers[name] ?? [] {
        if isCancelled() { throw CompressionError.cancelled }
        let unfolding = try unfoldings[index] ?? typed.unfolding(of: layers[index], data: tensor.shape)
        unfoldings[index] = unfolding
        found[index].add(tensor, unfolding, products: kinds.contains(.products))
      }
      for (index, axis) in outputs[name] ?? [] {
        zeros[index].addZeros(of: tensor, along: axis)
        places[index] += tensor.count / max(1, tensor.shape[axis])
      }
    }
    for index in layers.indices {
      found[index].zeros = zeros[index].map { Double($0) / Double(max(places[index], 1)) }
      for value in found[index].squares where !value.isFinite {
        throw CompressionError.layer(layers[index].name, reason: "reads a value that is not finite")
      }
    }
    return found
  }

  /// Whether what a layer sums can be observed; not where that only shows when it runs.
  static func canObserve(_ layer: Layer, in typed: TypedGraph) -> Bool {
    let data = layer.data(in: typed.graph).flatMap { typed.facts[$0]?.sizes }
    return data.map { (try? typed.unfolding(of: layer, data: Shape($0))) != nil } ?? false
  }
}

extension LayerObservation {
  /// Takes in the data of one batch.
  fileprivate mutating func add(_ data: Tensor, _ unfolding: Unfolding, products wantsProducts: Bool) {
    let columns = unfolding.columns
    if sums.isEmpty {
      sums = [Double](repeating: 0, count: unfolding.groups * columns)
      squares = sums
      if wantsProducts {
        products = (0..<unfolding.groups).map { _ in SymmetricMatrix(size: columns) }
      }
    }
    rows += data.shape[0] * unfolding.rows
    unfolding.forEachPart(of: data) { group, _, rows in
      addMoments(rows, group: group, columns: columns)
      if wantsProducts { products[group].addGram(of: rows) }
    }
  }

  private mutating func addMoments(_ rows: UnsafeBufferPointer<Float>, group: Int, columns: Int) {
    sums.withUnsafeMutableBufferPointer { sums in
      squares.withUnsafeMutableBufferPointer { squares in
        var at = 0
        while at < rows.count {
          for column in 0..<columns {
            let value = Double(rows[at + column])
            sums[group * columns + column] += value
            squares[group * columns + column] += value * value
          }
          at += columns
        }
      }
    }
  }
}

extension [Int] {
  /// Counts the zeros at each position of an axis.
  fileprivate mutating func addZeros(of tensor: Tensor, along axis: Int) {
    if isEmpty { self = [Int](repeating: 0, count: tensor.shape[axis]) }
    withUnsafeMutableBufferPointer { counts in
      tensor.withElements(of: Float.self) { values in
        tensor.shape.forEachRun(along: axis) { slice, run in
          var zeros = 0
          for index in run where values[index] == 0 { zeros += 1 }
          counts[slice] += zeros
        }
      }
    }
  }
}
