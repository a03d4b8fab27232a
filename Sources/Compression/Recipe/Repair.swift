/// How a pruned model is repaired by samples, without training. Each switch is by itself.
public struct Repair: Hashable, Sendable {
  /// Whether means and variances of batch normalisations are measured again.
  public var batchNorm: Bool
  /// Whether biases make up for what layers have lost on average.
  public var meanBias: Bool
  /// Whether the weights that stay are fitted to what layers wrote before.
  public var leastSquares: Bool
  /// Number of samples that it is done by; all, where there are fewer.
  public var samples: Int

  public init(
    batchNorm: Bool = false, meanBias: Bool = false, leastSquares: Bool = false,
    samples: Int = PruningRule.standardSamples
  ) {
    self.batchNorm = batchNorm
    self.meanBias = meanBias
    self.leastSquares = leastSquares
    self.samples = samples
  }

  /// Repairs nothing.
  public static let none = Repair()

  public var isNothing: Bool { !batchNorm && !meanBias && !leastSquares }
}

extension Repair: Codable {
  private enum Field: String, CodingKey, CaseIterable {
    case batchNorm = "batch_norm"
    case meanBias = "mean_bias"
    case leastSquares = "least_squares"
    case samples
  }

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields(decoder, known: Field.allCases.map(\.rawValue))
    func flag(_ field: Field) throws -> Bool { try fields.bool(field.rawValue, default: false) }
    self.init(
      batchNorm: try flag(.batchNorm), meanBias: try flag(.meanBias), leastSquares: try flag(.leastSquares),
      samples: try fields.integer("samples", default: PruningRule.standardSamples, in: 1...))
    if isNothing && fields.has("samples") {
      throw RecipeError(
        field: fields.path("samples"),
        reason: "is for repairs only, and none of batch_norm, mean_bias and least_squares is true")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    if batchNorm { try container.encode(true, forKey: .batchNorm) }
    if meanBias { try container.encode(true, forKey: .meanBias) }
    if leastSquares { try container.encode(true, forKey: .leastSquares) }
    if !isNothing { try container.encode(samples, forKey: .samples) }
  }
}
