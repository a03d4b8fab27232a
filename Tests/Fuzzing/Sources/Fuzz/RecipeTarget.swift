import Compression
import Foundation
import Graph
import Tensor

/// A recipe's JSON: read, written, read again, and estimated on a small network.
enum RecipeTarget: FuzzTarget {
  static let name = "recipe"

  static func run(_ input: [UInt8]) {
    guard let recipe = try? Recipe(json: Data(input)) else { return }
    let text = recipe.json()
    do {
      let again = try Recipe(json: text)
      precondition(again.json() == text, "a recipe changes when it is written and read")
    } catch {
      fatalError("a recipe that was written cannot be read: \(error)")
    }
    _ = try? compressor.estimate(recipe)
  }

  /// A convolution, and a dense layer behind it.
  private static let compressor: Compressor = {
    let weights = { (shape: Shape) in
      Tensor((0..<shape.count).map { Float(($0 * 7919) % 31 - 15) / 16 }, shape: shape)
    }
    let graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 1, 4, 4])],
      outputs: [ValueInfo(name: "y", dtype: .float32, dims: [.symbol("N"), 4])],
      nodes: [
        Node(name: "conv1", type: "Conv", inputs: ["x", "w1", "b1"], outputs: ["a"]),
        Node(name: "relu", type: "Relu", inputs: ["a"], outputs: ["r"]),
        Node(name: "flatten", type: "Flatten", inputs: ["r"], outputs: ["f"]),
        Node(name: "fc1", type: "Gemm", inputs: ["f", "w2", "b2"], outputs: ["y"]),
      ],
      constants: [
        "w1": weights([8, 1, 3, 3]), "b1": weights([8]), "w2": weights([32, 4]), "b2": weights([4]),
      ], opsets: ["": 17])
    guard let model = try? Model(graph) else { fatalError("the small network is none") }
    return Compressor(model)
  }()
}
