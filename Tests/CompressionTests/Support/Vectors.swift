import Foundation
import Tensor

/// Files of `Tests/Vectors`, whose README says what they hold.
enum Vectors {
  struct File<Input: Decodable, Expected: Decodable>: Decodable {
    struct Case: Decodable {
      var name: String
      var input: Input
      var expected: Expected
    }
    var cases: [Case]
  }

  static func read<Input: Decodable, Expected: Decodable>(
    _ name: String, _: Input.Type = Input.self, _: Expected.Type = Expected.self
  ) throws -> [File<Input, Expected>.Case] {
    let data = try Data(contentsOf: URL(filePath: Fixtures.root + "Tests/Vectors/\(name).json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(File<Input, Expected>.self, from: data).cases
  }

  struct Array: Decodable {
    var shape: [Int]
    var values: [Double]

    var tensor: Tensor { Tensor(values.map { Float($0) }, shape: Shape(shape)) }
  }
}
