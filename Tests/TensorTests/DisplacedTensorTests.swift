import Foundation
import Tensor
import Testing

/// Tensors whose bytes lie anywhere in a file.
@Suite struct DisplacedTensorTests {
  private let numbers: [Float] = [1, -2.5, .infinity, 3e-30]

  /// The numbers, one byte behind the beginning of a file.
  private func tensor() throws -> Tensor {
    let path = NSTemporaryDirectory() + "displaced-\(UUID().uuidString)"
    try (Data([7]) + numbers.withUnsafeBytes { Data($0) }).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let storage = Storage(mapped: try MappedFile(path: path), range: 0..<17)
    return Tensor(dtype: .float32, shape: [2, 2], storage: storage, offset: 1)
  }

  @Test func readsWhatIsThere() throws {
    let tensor = try tensor()
    #expect(tensor.array(of: Float.self) == numbers)
    #expect(tensor.rows(1..<2).array(of: Float.self) == Array(numbers[2...]))
    #expect(tensor.reshaped([4]).array(of: Float.self) == numbers)
    tensor.withUnsafeBytes { #expect(Int(bitPattern: $0.baseAddress!) % 4 == 0) }
  }

  @Test func hasTheHashOfAlignedOnes() throws {
    #expect(try tensor().contentHash == Tensor(numbers, shape: [2, 2]).contentHash)
  }

  @Test func staysInOnePlaceForAllWhileSomebodyHoldsIt() throws {
    func address(_ tensor: Tensor) -> Int { tensor.withUnsafeBytes { Int(bitPattern: $0.baseAddress!) } }
    let tensor = try tensor()
    let settled = tensor.settled
    #expect(address(settled) == address(tensor))
    #expect(address(settled) == address(tensor.settled))
    #expect(settled.array(of: Float.self) == numbers)
    tensor.forget()
    #expect(tensor.array(of: Float.self) == numbers)
  }
}
