import Foundation
import Tensor

extension Recipe {
  /// Reads a recipe from JSON.
  ///
  /// - Throws: `RecipeError` that names the field which is unknown, missing, of the wrong type or out of range.
  public init(json: Data) throws(RecipeError) {
    do {
      self = try JSONDecoder().decode(Recipe.self, from: json)
    } catch let error as RecipeError {
      throw error
    } catch DecodingError.dataCorrupted(let context) {
      let detail = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
      throw RecipeError(field: "", reason: "is not JSON" + (detail.map { ": \($0)" } ?? ""))
    } catch {
      throw RecipeError(field: "", reason: "\(error)")
    }
  }

  /// Reads a recipe from JSON.
  ///
  /// - Throws: `RecipeError` that names the field.
  public init(json: String) throws(RecipeError) { try self.init(json: Data(json.utf8)) }

  /// The recipe as JSON: the same text for the same recipe, fields in alphabetical order, shortest numbers.
  ///
  /// - Parameter pretty: on several lines, else on one.
  public func json(pretty: Bool = true) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    // No file holds such a number: reading it again says which field it is.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch {
      // Text, whole numbers and lists are all that is left.
      preconditionFailure("recipe cannot be written: \(error)")
    }
  }
}

extension Recipe: Codable {
  private enum Field: String, CodingKey {
    case pare, trained, pruning, repair, quantization, distillation
  }

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields(
      decoder, known: ["pare", "trained", "pruning", "repair", "quantization", "distillation"])
    let version: Int = try fields.value("pare", mustBe: "the version of the format, \(Recipe.version)")
    guard version == Recipe.version else {
      throw RecipeError(field: "pare", reason: "version \(version) is not known; this is \(Recipe.version)")
    }
    if fields.has("trained") {
      let digits: String = try fields.value("trained", mustBe: "the fingerprint of a trained model")
      guard let hash = ContentHash(hexadecimal: digits) else {
        throw RecipeError(field: "trained", reason: "is no fingerprint, which has 32 hexadecimal digits")
      }
      trained = hash
    }
    pruning = try fields.list("pruning")
    repair = fields.has("repair") ? try fields.value("repair", mustBe: "an object") : .none
    let quantization =
      fields.has("quantization")
      ? try fields.value("quantization", QuantizationFields.self, mustBe: "an object")
      : QuantizationFields()
    weights = quantization.weights
    activations = quantization.activations
    equalize = quantization.equalize
    mode = quantization.mode
    tensors = quantization.tensors
    correctsBiases = quantization.correctsBiases
    smooth = quantization.smooth
    distillation =
      fields.has("distillation") ? try fields.value("distillation", mustBe: "an object") : nil
    try validateMode(in: "quantization")
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    try container.encode(Recipe.version, forKey: .pare)
    try container.encodeIfPresent(trained?.description, forKey: .trained)
    if !pruning.isEmpty { try container.encode(pruning, forKey: .pruning) }
    if !repair.isNothing { try container.encode(repair, forKey: .repair) }
    var quantization = QuantizationFields()
    quantization.weights = weights
    quantization.activations = activations
    quantization.equalize = equalize
    quantization.correctsBiases = correctsBiases
    quantization.smooth = smooth
    quantization.mode = mode
    quantization.tensors = tensors
    if quantization != QuantizationFields() { try container.encode(quantization, forKey: .quantization) }
    try container.encodeIfPresent(distillation, forKey: .distillation)
  }
}

extension Recipe {
  /// Whether every rule's parts go together, whatever the model, also where no file was read.
  ///
  /// - Throws: `RecipeError` that names the field.
  func validate() throws(RecipeError) {
    for (index, rule) in pruning.enumerated() { try rule.validate { "pruning[\(index)].\($0)" } }
    for (index, rule) in weights.enumerated() { try rule.validate { "quantization.weights[\(index)].\($0)" } }
    for (index, rule) in activations.enumerated() {
      try rule.validate { "quantization.activations[\(index)].\($0)" }
    }
    try distillation?.validate { "distillation.\($0)" }
    try validateMode(in: "quantization")
  }
}

/// What the file nests under quantization.
private struct QuantizationFields: Hashable, Codable {
  var weights: [WeightRule] = []
  var activations: [ActivationRule] = []
  var equalize = false
  var mode: QuantizationMode?
  var tensors = QuantizedTensors.inputs
  var correctsBiases = false
  var smooth: Double?

  init() {}

  init(from decoder: any Decoder) throws {
    let fields = try StrictFields(decoder, known: CodingKeys.allCases.map(\.rawValue))
    weights = try fields.list("weights")
    activations = try fields.list("activations")
    equalize = try fields.bool("equalize", default: false)
    correctsBiases = try fields.bool("bias_correction", default: false)
    smooth = fields.has("smooth") ? try fields.number("smooth") : nil
    if let smooth, !(0...1).contains(smooth) {
      throw RecipeError(
        field: fields.path("smooth"), reason: "must lie between 0 and 1, not \(smooth)")
    }
    mode = fields.has("mode") ? try fields.word("mode", default: .onnxruntime) : nil
    tensors = try fields.word("tensors", default: .standard(in: mode))
  }

  enum CodingKeys: String, CodingKey, CaseIterable {
    case weights, activations, equalize, smooth, mode, tensors
    case correctsBiases = "bias_correction"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if !weights.isEmpty { try container.encode(weights, forKey: .weights) }
    if !activations.isEmpty { try container.encode(activations, forKey: .activations) }
    if equalize { try container.encode(equalize, forKey: .equalize) }
    if correctsBiases { try container.encode(true, forKey: .correctsBiases) }
    try container.encodeIfPresent(smooth, forKey: .smooth)
    try container.encodeIfPresent(mode?.rawValue, forKey: .mode)
    if tensors != .standard(in: mode) { try container.encode(tensors.rawValue, forKey: .tensors) }
  }
}
