/// A copy of float32 elements from one layout to another.
final class Copy {
  private let run: AddingRun

  init(
    _ dims: [Int], from source: (UnsafeMutableRawPointer, MemoryOrder),
    to target: (UnsafeMutableRawPointer, MemoryOrder), node: String
  ) throws {
    let (from, to) = (MemoryDescriptor(dims, order: source.1), MemoryDescriptor(dims, order: target.1))
    run = try AddingRun(
      Primitive.reorder(from: from, to: to, node: node), [(.source, from, source.0)],
      result: (.destination, to, target.0))
  }

  func run(isAdding: Bool = false) throws { try run.run(isAdding: isAdding) }
}
