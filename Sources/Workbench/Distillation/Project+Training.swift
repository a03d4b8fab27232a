import Compression
import Formats
import Graph
import Tensor

extension Project {
  /// The data to train by, fitted to the model's inputs, in the file's order.
  ///
  /// - Parameter validation: the data that accuracy is measured on, of which no sample may be among these.
  /// - Throws: `FormatError` where there is none, it cannot be read or does not fit, or holds samples of `validation`.
  public func loadTraining(besides validation: Dataset) throws -> Dataset {
    var options = options
    options.inputs = model.graph.inputs
    let data: Dataset
    if let path = trainingPath {
      if let manifest = source.bundle?.manifest {
        options.preprocessing = manifest.preprocessing.overridden(by: options.preprocessing)
        options.classes = manifest.classes
      }
      options.task = options.task ?? validation.task
      options.output = options.output ?? validation.output
      data = try Dataset.load(path, options)
    } else if let bundle = source.bundle, bundle.manifest.training != nil {
      data = try bundle.training(options)
    } else {
      throw FormatError(
        source.modelPath, "is a model without training data; give some with --train")
    }
    let fitted = try data.fitted(to: model.graph.inputs)
    let shared = fitted.sampleHashes.intersection(validation.sampleHashes).count
    if shared > 0 {
      throw FormatError(
        trainingPath ?? source.modelPath,
        "holds \(shared) of the samples that accuracy is measured on; train by others, or give other ones with --data"
      )
    }
    return fitted
  }
}

extension Dataset {
  /// Training data as samples by which ranges are found and weights ranked: shuffled, and with their labels, which are
  /// there to be learned from.
  public var trainingCalibration: CalibrationData {
    let samples = shuffled(seed: 0)
    return CalibrationData(
      inputs: samples.inputs, constants: samples.constants,
      labels: task == .classification || task == .nextToken ? samples.labels : nil,
      output: samples.output)
  }

  /// Fingerprints of the samples, of all inputs, as a model gets them.
  var sampleHashes: Set<ContentHash> {
    var hashes: Set<ContentHash> = []
    let names = inputs.keys.sorted()
    let batch = 256
    for start in stride(from: 0, to: count, by: batch) {
      let rows = start..<min(start + batch, count)
      let parts = names.compactMap { inputs[$0]?.rows(rows) }
      for index in 0..<rows.count {
        hashes.insert(ContentHash(parts.map { $0.rows(index..<index + 1).contentHash }))
      }
    }
    return hashes
  }
}
