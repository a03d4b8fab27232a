import Compression
import Formats
import Graph

/// Files to write.
public struct Export: Sendable {
  public var recipe: Recipe
  /// Where to write the compressed model, as ONNX.
  public var modelPath: String?
  /// Where to write the recipe, as JSON.
  public var recipePath: String?

  /// What is written in place of what `recipe` makes of the model.
  var trained: TrainedModel?

  public init(recipe: Recipe, modelPath: String?, recipePath: String?) {
    self.recipe = recipe
    self.modelPath = modelPath
    self.recipePath = recipePath
  }

  /// Writes the files, each whole or not at all, and returns their paths.
  ///
  /// - Parameter compressed: makes the model, where it is wanted.
  /// - Throws: `FormatError` that names the file, or what `compressed` throws.
  public func write(_ compressed: () throws -> CompressedModel) throws -> [String] {
    var paths: [String] = []
    if let modelPath {
      try ONNXWriter.write(Self.graph(of: try compressed()), to: modelPath)
      paths.append(modelPath)
    }
    if let recipePath {
      try AtomicFile.write(recipe.json() + "\n", to: recipePath)
      paths.append(recipePath)
    }
    return paths
  }

  /// What a model's file holds: the graph, with the recipe that it was made by.
  static func graph(of compressed: CompressedModel) -> Graph {
    var graph = compressed.graph
    graph.metadata["pare.recipe"] = compressed.recipe.json(pretty: false)
    graph.metadata["pare.version"] = Version.current
    return graph
  }
}

/// The version of the program.
public enum Version {
  public static let current = "0.1.0"
}
