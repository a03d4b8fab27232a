/// Where the labels of a file of images lie.
enum IDXLabels {
  /// The names to look for, in order: MNIST's naming (`t10k-images-idx3-ubyte.gz` goes with
  /// `t10k-labels-idx1-ubyte.gz`), as compressed as the images first. Empty where the name does not speak of
  /// images.
  static func candidates(beside images: String) -> [String] {
    let cut = images.lastIndex(of: "/").map { images.index(after: $0) } ?? images.startIndex
    var name = String(images[cut...])
    guard let word = name.ranges(of: "images").last else { return [] }
    name.replaceSubrange(word, with: "labels")
    for rank in 2...4 { name = name.replacing("idx\(rank)", with: "idx1") }
    let other = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name + ".gz"
    return [name, other].map { images[..<cut] + $0 }
  }

  /// - Throws: `FormatError` that says where the labels should be, where they are not.
  static func find(beside images: String) throws(FormatError) -> String {
    let candidates = candidates(beside: images)
    guard let first = candidates.first else {
      throw FormatError(
        images,
        "has no labels that go with it: name the files as MNIST does, …-images-idx3-ubyte and "
          + "…-labels-idx1-ubyte")
    }
    guard let found = candidates.first(where: FileAccess.exists) else {
      throw FormatError(images, "has no labels beside it; they should be in '\(first)'")
    }
    return found
  }
}
